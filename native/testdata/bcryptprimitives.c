// The part of bcryptprimitives.dll that Go programs need at start-up, for a Wine that has none (Wine 8, in Debian 12).
#include <windows.h>

// SystemFunction036 is advapi32's RtlGenRandom.
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
	while (length > 0) {
		ULONG part = length > 0x10000000 ? 0x10000000 : (ULONG)length;
		if (!SystemFunction036(data, part))
			return FALSE;
		data += part;
		length -= part;
	}
	return TRUE;
}
