/* The headers that layoutcheck includes unless -headers names others: what golang.org/x/sys/windows and packages like
   it draw on. Each is left out where the header set does not have it. */

#ifndef UNICODE
#define UNICODE /* Go calls the W functions */
#endif
#define SECURITY_WIN32
#define CERT_CHAIN_PARA_HAS_EXTRA_FIELDS
#define CERT_CHAIN_FIND_BY_ISSUER_PARA_HAS_EXTRA_FIELDS
#define CERT_REVOCATION_PARA_HAS_EXTRA_FIELDS
#define CRYPT_VERIFY_MESSAGE_PARA_HAS_EXTRA_FIELDS
#define PSAPI_VERSION 2

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#if __has_include(<mswsock.h>)
#include <mswsock.h>
#endif
#if __has_include(<af_irda.h>)
#include <af_irda.h>
#endif
#if __has_include(<ws2bth.h>)
#include <ws2bth.h>
#endif
#if __has_include(<bluetoothapis.h>)
#include <bluetoothapis.h>
#endif
#if __has_include(<afunix.h>)
#include <afunix.h>
#endif
#if __has_include(<mstcpip.h>)
#include <mstcpip.h>
#endif
#if __has_include(<hvsocket.h>)
#include <hvsocket.h>
#endif
#if __has_include(<winternl.h>)
#include <winternl.h>
#endif
#if __has_include(<ntstatus.h>)
#include <ntstatus.h>
#endif
/* winternl.h has declared LSA_UNICODE_STRING and its kin, as ntdef.h does, without saying so */
#if defined(_WINTERNL_) && !defined(_NTDEF_)
#define _NTDEF_
#define LAYOUT_NTDEF
#endif
#if __has_include(<ntsecapi.h>)
#include <ntsecapi.h>
#endif
#ifdef LAYOUT_NTDEF
#undef _NTDEF_
#undef LAYOUT_NTDEF
#endif
#if __has_include(<security.h>)
#include <security.h>
#endif
#if __has_include(<iphlpapi.h>)
#include <iphlpapi.h>
#endif
#if __has_include(<netioapi.h>)
#include <netioapi.h>
#endif
#if __has_include(<icmpapi.h>)
#include <icmpapi.h>
#endif
#if __has_include(<tlhelp32.h>)
#include <tlhelp32.h>
#endif
#if __has_include(<psapi.h>)
#include <psapi.h>
#endif
#if __has_include(<wincrypt.h>)
#include <wincrypt.h>
#endif
#if __has_include(<wintrust.h>)
#include <wintrust.h>
#endif
#if __has_include(<softpub.h>)
#include <softpub.h>
#endif
#if __has_include(<mscat.h>)
#include <mscat.h>
#endif
#if __has_include(<setupapi.h>)
#include <setupapi.h>
#endif
#if __has_include(<cfgmgr32.h>)
#include <cfgmgr32.h>
#endif
#if __has_include(<devguid.h>)
#include <devguid.h>
#endif
#if __has_include(<newdev.h>)
#include <newdev.h>
#endif
#if __has_include(<shellapi.h>)
#include <shellapi.h>
#endif
#if __has_include(<shlobj.h>)
#include <shlobj.h>
#endif
#if __has_include(<shtypes.h>)
#include <shtypes.h>
#endif
#if __has_include(<lm.h>)
#include <lm.h>
#endif
#if __has_include(<lmaccess.h>)
#include <lmaccess.h>
#endif
#if __has_include(<dsgetdc.h>)
#include <dsgetdc.h>
#endif
#if __has_include(<dsrole.h>)
#include <dsrole.h>
#endif
#if __has_include(<ntdsapi.h>)
#include <ntdsapi.h>
#endif
#if __has_include(<winioctl.h>)
#include <winioctl.h>
#endif
#if __has_include(<ntddscsi.h>)
#include <ntddscsi.h>
#endif
#if __has_include(<ntdddisk.h>)
#include <ntdddisk.h>
#endif
#if __has_include(<wtsapi32.h>)
#include <wtsapi32.h>
#endif
#if __has_include(<userenv.h>)
#include <userenv.h>
#endif
#if __has_include(<dbghelp.h>)
#include <dbghelp.h>
#endif
#if __has_include(<dwmapi.h>)
#include <dwmapi.h>
#endif
#if __has_include(<aclapi.h>)
#include <aclapi.h>
#endif
#if __has_include(<sddl.h>)
#include <sddl.h>
#endif
#if __has_include(<evntprov.h>)
#include <evntprov.h>
#endif
#if __has_include(<evntrace.h>)
#include <evntrace.h>
#endif
#if __has_include(<evntcons.h>)
#include <evntcons.h>
#endif
#if __has_include(<tdh.h>)
#include <tdh.h>
#endif
#if __has_include(<winevt.h>)
#include <winevt.h>
#endif
#if __has_include(<pdh.h>)
#include <pdh.h>
#endif
#if __has_include(<perflib.h>)
#include <perflib.h>
#endif
#if __has_include(<winperf.h>)
#include <winperf.h>
#endif
#if __has_include(<powrprof.h>)
#include <powrprof.h>
#endif
#if __has_include(<virtdisk.h>)
#include <virtdisk.h>
#endif
#if __has_include(<fltuser.h>)
#include <fltuser.h>
#endif
#if __has_include(<winhttp.h>)
#include <winhttp.h>
#endif
#if __has_include(<windns.h>)
#include <windns.h>
#endif
#if __has_include(<ntddndis.h>)
#include <ntddndis.h>
#endif
#if __has_include(<wlanapi.h>)
#include <wlanapi.h>
#endif
#if __has_include(<fwpmu.h>)
#include <fwpmu.h>
#endif
#if __has_include(<fwptypes.h>)
#include <fwptypes.h>
#endif
#if __has_include(<bcrypt.h>)
#include <bcrypt.h>
#endif
#if __has_include(<ncrypt.h>)
#include <ncrypt.h>
#endif
#if __has_include(<tbs.h>)
#include <tbs.h>
#endif
#if __has_include(<computecore.h>)
#include <computecore.h>
#endif
#if __has_include(<wbemcli.h>)
#include <wbemcli.h>
#endif
#if __has_include(<taskschd.h>)
#include <taskschd.h>
#endif
#if __has_include(<restartmanager.h>)
#include <restartmanager.h>
#endif
#if __has_include(<winsvc.h>)
#include <winsvc.h>
#endif
#if __has_include(<winsafer.h>)
#include <winsafer.h>
#endif
#if __has_include(<authz.h>)
#include <authz.h>
#endif
#if __has_include(<wincred.h>)
#include <wincred.h>
#endif
#if __has_include(<hidsdi.h>)
#include <hidsdi.h>
#endif
#if __has_include(<usbiodef.h>)
#include <usbiodef.h>
#endif
#if __has_include(<mmsystem.h>)
#include <mmsystem.h>
#endif
