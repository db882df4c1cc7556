/* An iphlpapi.dll that no program should load: it says so and ends the program. */
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
	static const char loaded[] = "false iphlpapi.dll loaded\n";
	DWORD written;

	(void)module;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH) {
		WriteFile(GetStdHandle(STD_ERROR_HANDLE), loaded, sizeof(loaded) - 1, &written, NULL);
		ExitProcess(99);
	}
	return TRUE;
}
