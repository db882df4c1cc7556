typedef union _EITHER {
	unsigned long long number;
	char bytes[12];
} EITHER;

typedef struct _ALL {
	unsigned char first;
	EITHER either;
	union {
		void *pointer;
		unsigned long code;
	};
	struct {
		unsigned long low : 3, high : 29;
	} flags;
	unsigned short names[2][3];
	double ratio;
	enum { GEN_ONE = 1 } kind;
	unsigned long long last;
} ALL;

typedef struct _LATE {
	unsigned long a;
	unsigned long long b;
	void *c;
	unsigned long d;
} LATE;

typedef struct _TAIL {
	unsigned long long a;
	void *b;
} TAIL;

#pragma pack(push, 1)
typedef struct _PACKED {
	unsigned char a;
	unsigned long b;
} PACKED;
#pragma pack(pop)

typedef struct _OPEN {
	unsigned long count;
	unsigned long values[];
} OPEN;

typedef struct _UNFILLED {
	unsigned long kind;
	union {
		char text[12];
		unsigned long long number;
	};
	unsigned long after;
} UNFILLED;

typedef struct __attribute__((aligned(8))) _STRICT {
	char reserved[32];
} STRICT;

typedef struct _NOTHING {
	unsigned long count;
	union {
		unsigned long numbers[0];
		unsigned short words[0];
	};
} NOTHING;
