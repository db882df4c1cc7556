/* A DLL that no program should load: it says which it was loaded as and ends the program. The test
 * gives it the exports that the program imports: Windows resolves imports before it calls DllMain. */
#include <windows.h>

int exported(void)
{
	return 0;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
	static const char loaded[] = "false DLL loaded: ";
	char path[MAX_PATH];
	DWORD written;

	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH) {
		HANDLE err = GetStdHandle(STD_ERROR_HANDLE);
		WriteFile(err, loaded, sizeof(loaded) - 1, &written, NULL);
		WriteFile(err, path, GetModuleFileNameA(module, path, sizeof(path)), &written, NULL);
		ExitProcess(99);
	}
	return TRUE;
}
