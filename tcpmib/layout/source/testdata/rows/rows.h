/* The structs that package rows mirrors. It includes nothing, so that every compiler takes it. */

typedef enum _ROW_STATE { RowDown = 1, RowUp = 2 } ROW_STATE;

typedef struct _ROW_NAME {
	unsigned short length;
	unsigned short text[5];
} ROW_NAME;

typedef struct _IF_ROW {
	unsigned long long luid;
	unsigned long index;
	ROW_NAME name;
	long mtu;
	ROW_STATE state;
	struct _IF_ROW *next;
	unsigned char up;
	unsigned long long octets[2];
} IF_ROW, *PIF_ROW;

/* L1: a pad of pointer size is not one of alignment. */
typedef struct _WIDE_FIRST {
	unsigned long long a;
	unsigned long b, c;
} WIDE_FIRST;

typedef struct _WIDE_LAST {
	unsigned long a;
	unsigned long long b;
} WIDE_LAST;

typedef struct _LOOK_W {
	unsigned short name[4];
} LOOKW;

typedef struct _LOOK_A {
	char name[4];
} LOOKA;

/* Types that Go code without tags writes in its own way. */
typedef int BOOL;
typedef unsigned char BOOLEAN;
typedef long NTSTATUS;
typedef unsigned char BYTE;
#ifdef _WIN64
typedef long long LPARAM;
#else
typedef long LPARAM;
#endif

typedef union _NUMBER {
	struct {
		unsigned short low;
		short high;
	};
	long whole;
} NUMBER;

typedef struct _USUAL {
	BOOL flag;
	NTSTATUS status;
	BOOLEAN yes;
	BYTE number;
	unsigned short reserved;
	LPARAM param;
	union {
		NTSTATUS status2;
		void *pointer;
	};
	NUMBER time;
	char text[4];
	unsigned long bits : 3, more : 29;
	unsigned short name[1];
} USUAL;

#define ROW_LIMIT 0xFFFFFFFFu
#define ROW_ERROR ((long)0x80000001)
#define ROW_ALL (-1)
