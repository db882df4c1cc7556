typedef struct _GOOD_ROW {
	unsigned long a, b;
} GOOD_ROW;

typedef struct _BAD_ROW {
	unsigned long index;
	unsigned long long octets;
	unsigned long flags;
} BAD_ROW;

typedef struct _SHORT_ROW {
	unsigned long size;
	unsigned long more[3];
} SHORT_ROW;

typedef struct _RENAMED {
	short first, second;
} RENAMED;

#define ROW_MAX 7
#define ROW_ERROR ((long)0x80000001)
