/* Structs within structs, and what has their size without being one. It needs no other header, as thing.h. */

typedef struct _PAIR {
	short hi, lo;
} PAIR;

typedef PAIR PAIR_ALIAS; /* as MIB_TCPROW is MIB_TCPROW_LH */

typedef struct _TWIN {
	short hi, lo;
} TWIN;

typedef struct _NEST {
	PAIR_ALIAS pair;
	const PAIR_ALIAS pairs[2][3];
	int number;
	int numbers[2][3];
	union {
		PAIR pair;
		int number;
	} either;
	void *pointer;
} NEST;
