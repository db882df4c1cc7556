/* What the C headers say where a Go package says otherwise: a compiler that accepts these files agrees. On each
   architecture, in this folder:

     clang --target=x86_64-w64-windows-gnu -isystem /usr/share/mingw-w64/include -fsyntax-only *.c

   and with i686 and aarch64 for x86_64. Each line has what C has; what Go has is behind it. All headers are included
   here, so that one file of assertions compiles as all of them do. */

#ifndef AUDIT_H
#define AUDIT_H

#define UNICODE
#define SECURITY_WIN32
#define CERT_CHAIN_PARA_HAS_EXTRA_FIELDS
#define PSAPI_VERSION 2
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <commctrl.h>
#include <dwmapi.h>
#include <fwpmu.h>
#include <iphlpapi.h>
#include <oaidl.h>
#include <ole2.h>
#include <psapi.h>
#include <virtdisk.h>
#include <wincrypt.h>
#include <windns.h>
#include <winioctl.h>
#include <winternl.h>

#define C_HAS(condition) _Static_assert(condition, #condition)
#define AT(type, member) __builtin_offsetof(type, member)
#define MEMBER(type, member) sizeof(((type *)0)->member)
#ifdef _WIN64
#define ON_64_BITS(condition) C_HAS(condition)
#define ON_386(condition) C_HAS(1)
#else
#define ON_64_BITS(condition) C_HAS(1)
#define ON_386(condition) C_HAS(condition)
#endif

#endif
