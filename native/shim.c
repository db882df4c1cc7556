//go:build windows && cgo

#include "shim.h"

/* What crosses as a fixed-width number is that wide. */
_Static_assert(sizeof(ULONG) == sizeof(uint32_t), "ULONG is 32 bits");
_Static_assert(sizeof(BOOL) == sizeof(int32_t), "BOOL is 32 bits");

/* The sizes that the Go side relies on. A header set that disagrees fails
 * the build here, not the program later. */
_Static_assert(sizeof(MIB_TCPROW2) == 28, "MIB_TCPROW2 is 28 bytes");
_Static_assert(sizeof(MIB_TCPTABLE2) == 4 + 28, "MIB_TCPTABLE2 is 4 bytes before its rows");
_Static_assert(sizeof(MIB_TCP6ROW2) == 60, "MIB_TCP6ROW2 is 60 bytes");
_Static_assert(sizeof(MIB_TCP6TABLE2) == 4 + 60, "MIB_TCP6TABLE2 is 4 bytes before its rows");

uint32_t winmib_GetTcpTable2(void *table, uint32_t *size, int32_t order)
{
    ULONG n = *size;
    uint32_t code = GetTcpTable2(table, &n, order);
    *size = n;
    return code;
}

uint32_t winmib_GetTcp6Table2(void *table, uint32_t *size, int32_t order)
{
    ULONG n = *size;
    uint32_t code = GetTcp6Table2(table, &n, order);
    *size = n;
    return code;
}
