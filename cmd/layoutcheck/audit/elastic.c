/* github.com/elastic/go-windows v1.0.2, github.com/elastic/gosigar v0.14.4 */
#include "audit.h"

ON_386(MEMBER(SYSTEM_INFO, dwActiveProcessorMask) == 4);          /* go-windows SystemInfo: 8 */
C_HAS(sizeof(SYSTEM_INFO) == (sizeof(void *) == 8 ? 48 : 36));    /* 40 on 386 */
ON_386(sizeof(SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION) == 48);   /* gosigar _SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION: 44 */
