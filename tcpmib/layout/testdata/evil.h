/* Structs that easily fool a comparison. It needs no other header, so that every compiler takes it for
 * every target. */
#include <stddef.h>

typedef unsigned int U32;
typedef unsigned long long U64;
typedef unsigned char BYTE;
typedef unsigned char BOOLEAN;
typedef unsigned short WIDE; /* as wchar_t is on Windows */

/* bit-fields */
typedef struct _BITS {
	U32 low : 3;
	U32 mid : 13;
	U32 high : 16;
	U32 after;
} BITS;

/* a union among members, and one whose largest member is not the first */
typedef struct _MIXED {
	U32 first;
	union {
		U32 small;
		BYTE large[12];
	};
	U32 last;
} MIXED;

typedef union _LARGE {
	struct {
		U32 LowPart;
		int HighPart;
	};
	struct {
		U32 LowPart;
		int HighPart;
	} u;
	long long QuadPart;
} LARGE;

typedef struct _TIMED {
	U32 number;
	LARGE time;
} TIMED;

typedef struct _PLAIN_TIME {
	U32 low;
	U32 high;
} PLAIN_TIME;

typedef struct _HOLDER {
	PLAIN_TIME at;
	U64 id;
} HOLDER;

/* packed */
#pragma pack(push, 1)
typedef struct _PACKED {
	BYTE tag;
	U32 value;
	U64 big;
} PACKED;
#pragma pack(pop)

/* flexible arrays of both kinds */
typedef struct _FLEX_C99 {
	U32 count;
	U32 data[];
} FLEX_C99;

typedef struct _FLEX_ONE {
	U32 count;
	U32 data[1];
} FLEX_ONE;

/* nested and anonymous members */
typedef struct _NESTED {
	U32 head;
	struct {
		short x;
		short y;
	} at;
	struct {
		U32 inner;
		BYTE secret;
	};
	U32 tail;
} NESTED;

/* a typedef behind const hides a member as well as any */
typedef const struct _QUALIFIED {
	char a;
	char hidden;
	int b;
} QUALIFIED;

/* a tag and a typedef that C keeps apart */
typedef struct _CA {
	char a;
	char hidden;
	int b;
} CLASH;
struct CLASH {
	char a;
	int b;
};

/* enums */
typedef enum _E1 { E1_ZERO, E1_ONE } E1;
typedef enum _E2 { E2_ZERO, E2_ONE } E2;
typedef enum _E3 { E3_BELOW = -1, E3_ZERO } E3;
typedef struct _ENUMS {
	E1 one;
	E2 two;
	U32 number;
	E3 three;
} ENUMS;

/* kinds of scalars */
typedef struct _KINDS {
	void *pointer;
	size_t size;
	float small;
	BOOLEAN flag;
	BYTE byte;
	BYTE rest[3];
	_Bool truth;
	char character;
	signed char below;
	WIDE wide;
	WIDE text[3];
	U32 number;
} KINDS;

typedef struct _REALS {
	double real;
	float small;
	U32 number;
} REALS;

/* arrays of arrays, and of pointers */
typedef struct _ARRAYS {
	int grid[2][3];
	char names[4][8];
	void *pointers[2];
	PLAIN_TIME times[2];
} ARRAYS;

/* alignment of 64-bit integers */
typedef struct _ALIGNED {
	U32 a;
	U64 b;
	U32 c;
	U32 d;
	U64 e;
} ALIGNED;

/* many fields behind one place that wants padding on 386 */
typedef struct _LONG {
	U32 a;
	U64 b;
	U32 c, d, e, f, g, h, i, j;
} LONG_STRUCT;

typedef U32 (*CALLBACK)(void *, U32);
typedef struct _CALLS {
	CALLBACK call;
	U32 (*direct)(U32);
	U32 flags;
} CALLS;

/* three fields that one 64-bit integer is said to cover, as in MIB_TCPROW_OWNER_PID */
typedef struct _ROW {
	U32 dwState;
	U32 dwLocalAddr;
	U32 dwLocalPort;
} ROW;

/* two halves in the other order than a 64-bit integer has */
typedef struct _FIND {
	U32 nFileSizeHigh;
	U32 nFileSizeLow;
	U32 dwReserved;
} FIND;

/* what Windows has as a pair and as a 64-bit integer */
typedef struct _FILETIME {
	U32 dwLowDateTime;
	U32 dwHighDateTime;
} FILETIME;
typedef struct _TIMES {
	FILETIME created;
	U64 written;
} TIMES;

/* a prefix that is none */
typedef struct _ITEMS {
	U32 numItems;
	int *item;
} ITEMS;

/* an unnamed struct whose members an embedded struct mirrors */
typedef struct _OUTER {
	U32 kind;
	struct {
		U32 first;
		U32 second;
	};
} OUTER;

/* a union that takes more than its first member, as VARIANT does */
typedef struct _VARIANT16 {
	unsigned short vt;
	unsigned short wReserved1, wReserved2, wReserved3;
	union {
		long long llVal;
		struct {
			void *pvRecord;
			void *pRecInfo;
		};
		U32 words[4];
	};
} VARIANT16;

typedef struct _POINT {
	int x, y;
} POINT;
typedef struct _SHAPES {
	POINT corners[2];
	int grid[2][3];
} SHAPES;

typedef struct _KEY {
	U32 code;
	union {
		WIDE wide;
		char narrow;
	} uChar;
	union {
		struct {
			U32 low, high;
		};
		void *pointer;
	};
} KEY;

typedef struct _NESTS {
	HOLDER inner;
	U32 a, b, c, d;
} NESTS;

enum { REDEFINED = 1 };
#define REDEFINED 2

/* constants */
#define MINUS_ONE (-1)
#define ALL_ONES 0xFFFFFFFFu
#define WIDE_ONES 0xFFFFFFFFFFFFFFFFull
#define LOWEST (-9223372036854775807ll - 1)
#define SHIFTED (1 << 4 | sizeof(U64))
#define CAST ((U32)-2)
#define STATUS_BAD ((int)0xC0000001)
#define NEGATED ~0u
#define POINTER ((void *)4)
#define REAL 1.5
#define TEXT "text"
#define NOTHING
#define CALL(x) (x)
enum { ANONYMOUS_VALUE = 9 };

/* functions */
U32 evil_call(PLAIN_TIME *at, U32 count, short small, U64 wide, E1 kind, BYTE *out);
void evil_void(void);
