/* tailscale.com v1.100.0, github.com/tailscale/wf v0.0.0-20240214030419-6fbb0a674ee6 */
#include "audit.h"

ON_386(AT(MIB_TCPTABLE_OWNER_MODULE, table) == 8);  /* netstat._MIB_TCPTABLE_OWNER_MODULE: 4 */
ON_386(AT(MIB_TCP6TABLE_OWNER_MODULE, table) == 8); /* netstat._MIB_TCP6TABLE_OWNER_MODULE: 4 */
ON_386(AT(QUOTA_LIMITS, TimeLimit) == 24);          /* s4u._QUOTA_LIMITS: 20 */
C_HAS(MEMBER(FWPM_SESSION0, kernelMode) == 4);            /* wf.fwpmSession0.KernelMode: a bool of 1 */
C_HAS(AT(FWPM_FILTER0, providerContextKey) == AT(FWPM_FILTER0, rawContext)); /* one behind the other */
ON_64_BITS(AT(FWPM_FILTER0, filterId) == 176 && sizeof(FWPM_FILTER0) == 200); /* 184, 208 */
ON_386(AT(FWPM_FILTER0, rawContext) == 112);        /* wf.fwpmFilter0: 108 */
ON_386(sizeof(FWPM_NET_EVENT_HEADER1) == 128);            /* wf.fwpmNetEventHeader1: 120 */
