/* github.com/shirou/gopsutil/v4 v4.26.10 */
#include "audit.h"

ON_386(sizeof(PERFORMANCE_INFORMATION) == 56);    /* mem.performanceInformation: 96 */
ON_386(sizeof(ENUM_PAGE_FILE_INFORMATION) == 20); /* mem.enumPageFileInformation: 32 */
