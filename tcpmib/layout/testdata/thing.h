/* A header of its own for the tests: it needs no other, so that every compiler takes it for every target. */
#include <stddef.h>

typedef enum _COLOUR { COLOUR_RED, COLOUR_BLUE = 7, COLOUR_NONE = -1 } COLOUR;

typedef struct _INNER {
	unsigned short a;
	unsigned char b[3];
} INNER;

typedef struct _THING {
	int number;
	union {
		int flags;
		COLOUR colour;
	};
	unsigned long long big;
	INNER inner[2];
	void *pointer;
	double ratio;
	signed char small;
	unsigned char last; /* fits into the padding at the end, with or without it */
} THING;

struct plain {
	unsigned char address[16];
};

#define THING_LIMIT 0xFFFFFFFFu
#define THING_TEXT "no number"
