/* golang.org/x/sys/windows v0.50.0 */
#include "audit.h"

C_HAS(MEMBER(MIB_IPINTERFACE_ROW, TransmitOffload) == 1); /* MibIpInterfaceRow: 4 */
C_HAS(sizeof(MIB_IPINTERFACE_ROW) == 168);                /* 176; on 386 172 */
ON_386(AT(MIB_IPINTERFACE_ROW, InterfaceLuid) == 8); /* 4 */
ON_386(AT(MIB_IF_ROW2, TransmitLinkSpeed) == 1192); /* MibIfRow2: 1188 */
ON_386(sizeof(MIB_IF_ROW2) == 1352);                      /* 1348 */
ON_386(AT(MIB_IF_TABLE2, Table) == 8);              /* MibIfTable2: 4 */
ON_386(AT(MIB_IPFORWARD_TABLE2, Table) == 8);       /* MibIpForwardTable2: 4 */
ON_386(AT(MIB_UNICASTIPADDRESS_ROW, InterfaceLuid) == 32); /* MibUnicastIpAddressRow: 28 */
ON_386(sizeof(MIB_UNICASTIPADDRESS_ROW) == 80);           /* 76 */
ON_386(AT(MIB_UNICASTIPADDRESS_TABLE, Table) == 8); /* MibUnicastIpAddressTable: 4 */
ON_386(sizeof(PSAPI_WORKING_SET_EX_INFORMATION) == 8);    /* 12 */
#if defined(__MINGW64_VERSION_MAJOR) || defined(_USE_32BIT_TIME_T) /* which its page on learn.microsoft.com asks for */
ON_386(sizeof(IP_ADAPTER_INFO) == 640); /* IpAdapterInfo: 648 */
#endif
C_HAS(MEMBER(IP_ADAPTER_INFO, HaveWins) == 4);            /* 1 */
#ifdef __aarch64__
C_HAS(sizeof(RUNTIME_FUNCTION) == 8); /* 12 */
#endif
C_HAS(MEMBER(DNS_TXT_DATAW, dwStringCount) == 4); /* DNSTXTData: 2 */
C_HAS((PROCESS_ALL_ACCESS) == 0x1FFFFF);          /* 0xFFFF */
C_HAS(CERT_TRUST_HAS_ISSUANCE_CHAIN_POLICY == 0x200); /* 0x400 */
C_HAS(DNS_TYPE_NBSTAT == 0xFF02);                 /* 0xFF01 */
#ifdef __MINGW64_VERSION_MAJOR /* the SDK has it in the headers for drivers */
C_HAS(FileLinkInformation == 11); /* 72 */
#endif
