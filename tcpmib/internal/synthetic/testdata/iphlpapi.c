/* A synthetic iphlpapi.dll: it stands in for the system's and hands out any
 * table, right or wrong, so that real Windows programs can be tested against
 * systems that do not exist.
 *
 * Build:  x86_64-w64-mingw32-gcc -std=c11 -O2 -shared -static-libgcc -o iphlpapi.dll iphlpapi.c
 *         For 386 use i686-w64-mingw32-gcc and add -Wl,--kill-at. Without -static-libgcc the
 *         386 DLL needs libgcc_s_dw2-1.dll and does not load.
 * Use:    put it into the system32 of a Wine prefix of its own and run programs
 *         there with WINEDLLOVERRIDES=iphlpapi=n. (Next to the program is enough
 *         for those that do not load it from system32.)
 *
 * What it does is said by a scenario: words of the form key=value, from the
 * environment variable WINMIB_SCENARIO when it is loaded, or from a call of
 * winmib_scenario at any time. A key holds for both families, or for one with 4
 * or 6 behind it. The k-th call (from 0) of a function for a family:
 *
 *   rows=N       hands out a table of N rows (3)
 *   grow=N       and of k*N more, or of fewer with a negative N
 *   churn=1      and has rewritten it: see below
 *   codes=A,B,C  returns A, B, C, then C for ever; 0 is to do what the function does
 *   ask=RULE     writes this size with ERROR_INSUFFICIENT_BUFFER
 *   tell=RULE    writes this size with success
 *   entries=RULE writes this dwNumEntries
 *   blank=1      succeeds and writes nothing, whatever the buffer, NULL included
 *   states=all   has states from within and from outside the enum; =N has N
 *   offloads=all the same for offload states
 *   garbage=1    has garbage in the upper halves of ports
 *   zones=N      has link-local IPv6 addresses with the scope IDs 1 to N
 *   mapped=1     has IPv4-mapped IPv6 addresses
 *   last=N       leaves N as the last error (13, which does not count: these functions return their error)
 *   log=PATH     (without family) appends a line with the arguments and the outcome of each call
 *
 * A RULE is exact (the truth), keep (what was there before), +N, -N or N.
 *
 * The rows: row() below. Sorted tables have them in order, others backwards.
 * With churn, even rows are stable connections; odd rows have the number of the
 * call as their PID and in their remote address; and the table starts at
 * another row at each call.
 *
 * The tables of bound sockets have rows of their own, bound() below:
 *
 *   bound=N      N rows (2), to which grow=, entries=, blank= (no table at all) and codes= apply
 *
 * The functions that return no table obey codes= alone; those that name no family
 * are IPv4's. Their lines in the log have every argument, what a pointer leads to
 * in hexadecimal. The owner's module takes one word more:
 *
 *   module=WHAT  points outside of the buffer (before, behind), to a string without
 *                an end (endless), nowhere (null), or to a name and a path (good)
 *
 * To add a function that returns a table: a line in kinds[], a put_ function
 * and the exported function. To add another: write it, and log it. */
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <tcpestats.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the scenario */

struct rule {
    enum { EXACT, KEEP, DELTA, JUST } mode;
    DWORD value;
};

static DWORD apply(struct rule r, DWORD truth, DWORD before)
{
    switch (r.mode) {
    case KEEP: return before;
    case DELTA: return truth + r.value;
    case JUST: return r.value;
    default: return truth;
    }
}

enum { CYCLE = -1, ALL = -2 }; /* of states and offloads: the likely ones, and all kinds */
enum { MAX_CODES = 16 };

struct behaviour {
    LONGLONG rows, bound, grow, churn, blank, states, offloads, garbage, zones, mapped, last;
    struct rule ask, tell, entries;
    DWORD codes[MAX_CODES];
    int n_codes;
};

static const struct behaviour normal = {.rows = 3, .bound = 2, .states = CYCLE, .offloads = CYCLE, .last = ERROR_INVALID_DATA};

static SRWLOCK lock = SRWLOCK_INIT;
static struct behaviour behaviour[2]; /* IPv4, IPv6 */
static char log_path[MAX_PATH], module[16];

static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
    {"rows", offsetof(struct behaviour, rows)},
    {"bound", offsetof(struct behaviour, bound)},
    {"grow", offsetof(struct behaviour, grow)},
    {"churn", offsetof(struct behaviour, churn)},
    {"blank", offsetof(struct behaviour, blank)},
    {"states", offsetof(struct behaviour, states)},
    {"offloads", offsetof(struct behaviour, offloads)},
    {"garbage", offsetof(struct behaviour, garbage)},
    {"zones", offsetof(struct behaviour, zones)},
    {"mapped", offsetof(struct behaviour, mapped)},
    {"last", offsetof(struct behaviour, last)},
}, rules[] = {
    {"ask", offsetof(struct behaviour, ask)},
    {"tell", offsetof(struct behaviour, tell)},
    {"entries", offsetof(struct behaviour, entries)},
};

static struct rule parse_rule(const char *text)
{
    struct rule r = {JUST, 0};
    if (strcmp(text, "exact") == 0) {
        r.mode = EXACT;
    } else if (strcmp(text, "keep") == 0) {
        r.mode = KEEP;
    } else if (text[0] == '+') {
        r.mode = DELTA;
        r.value = strtoul(text + 1, NULL, 0);
    } else if (text[0] == '-') {
        r.mode = DELTA;
        r.value = 0 - strtoul(text + 1, NULL, 0);
    } else {
        r.value = strtoul(text, NULL, 0);
    }
    return r;
}

static int set(struct behaviour *b, const char *key, const char *value)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].key) == 0) {
            LONGLONG n = strcmp(value, "all") == 0 ? ALL : strtoll(value, NULL, 0);
            memcpy((char *)b + numbers[i].offset, &n, sizeof n);
            return 1;
        }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(key, rules[i].key) == 0) {
            struct rule r = parse_rule(value);
            memcpy((char *)b + rules[i].offset, &r, sizeof r);
            return 1;
        }
    if (strcmp(key, "codes") == 0) {
        char *end = (char *)value;
        for (b->n_codes = 0; b->n_codes < MAX_CODES && *end != 0; end += *end == ',')
            b->codes[b->n_codes++] = strtoul(end, &end, 0);
        return 1;
    }
    return 0;
}

static void start_over(void);

/* winmib_scenario starts a scenario from its first call and returns 1, or 0 if
 * it does not understand the text. */
int winmib_scenario(const char *text)
{
    char words[1024], *word;
    int ok = strlen(text) < sizeof words;
    AcquireSRWLockExclusive(&lock);
    behaviour[0] = behaviour[1] = normal;
    log_path[0] = module[0] = 0;
    start_over();
    strncpy(words, text, sizeof words - 1);
    words[sizeof words - 1] = 0;
    for (word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');
        if (value == NULL) {
            ok = 0;
            continue;
        }
        *value++ = 0;
        char *family = value - 2;
        if (strcmp(word, "log") == 0)
            snprintf(log_path, sizeof log_path, "%s", value);
        else if (strcmp(word, "module") == 0)
            snprintf(module, sizeof module, "%s", value);
        else if (*family == '4' || *family == '6') {
            struct behaviour *b = &behaviour[*family == '6'];
            *family = 0;
            ok &= set(b, word, value);
        } else
            ok &= set(&behaviour[0], word, value) && set(&behaviour[1], word, value);
    }
    ReleaseSRWLockExclusive(&lock);
    return ok;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved)
{
    char text[1024] = "";
    (void)self, (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        GetEnvironmentVariableA("WINMIB_SCENARIO", text, sizeof text);
        if (!winmib_scenario(text))
            fprintf(stderr, "iphlpapi.dll (synthetic): WINMIB_SCENARIO is not understood: %s\n", text);
    }
    return TRUE;
}

/* record appends a line to the log. */
static void record(const char *format, ...)
{
    FILE *f;
    va_list args;
    if (log_path[0] == 0 || (f = fopen(log_path, "ab")) == NULL)
        return;
    va_start(args, format);
    vfprintf(f, format, args);
    va_end(args);
    fclose(f);
}

/* --- connections */

/* A connection of either family; an IPv4 address takes the first four bytes. */
struct conn {
    BYTE local[16], remote[16];
    DWORD local_scope, remote_scope, local_port, remote_port;
    DWORD state, pid, offload;
    ULONGLONG created;
};

static const DWORD likely_states[] = {2, 5, 5, 11, 8, 5, 6, 5, 7, 5, 3, 5, 4, 5, 9, 10};
static const DWORD all_states[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 77, 100, 101, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
static const DWORD all_offloads[] = {0, 1, 2, 3, 4, 5, 0x7FFFFFFF, 0xFFFFFFFF};

static DWORD port(DWORD number, const struct behaviour *b, DWORD i)
{
    return (number & 0xFF) << 8 | number >> 8 | (b->garbage ? 0xA5000000 ^ (i * 2654435761u & 0xFFFF0000) : 0);
}

static void put_address(BYTE *to, int family, const struct behaviour *b, DWORD address)
{
    static const BYTE documentation[12] = {0x20, 0x01, 0x0d, 0xb8};
    static const BYTE link_local[12] = {0xfe, 0x80};
    static const BYTE mapped[12] = {[10] = 0xff, [11] = 0xff};
    memset(to, 0, 16);
    if (family == AF_INET6) {
        memcpy(to, b->mapped ? mapped : b->zones ? link_local : documentation, 12);
        to += 12;
    }
    for (int i = 0; i < 4; i++)
        to[i] = (BYTE)(address >> (24 - 8 * i));
}

/* row makes the i-th connection of a family at a call. Local endpoints are
 * unique, and rise with i. */
static void row(struct conn *c, int family, const struct behaviour *b, DWORD i, DWORD call)
{
    int fresh = b->churn && i % 2 == 1;
    memset(c, 0, sizeof *c);
    put_address(c->local, family, b, 0x0A000000 + i / 50000);
    put_address(c->remote, family, b, fresh ? 0x64400000 + call : 0xC6120000 + i % 60000);
    c->local_port = port(1024 + i % 50000, b, i);
    c->remote_port = port(443 + i % 7, b, i);
    if (b->zones)
        c->local_scope = c->remote_scope = 1 + i % (DWORD)b->zones;
    c->state = b->states == CYCLE ? likely_states[i % (sizeof likely_states / sizeof *likely_states)]
             : b->states == ALL   ? all_states[i % (sizeof all_states / sizeof *all_states)]
                                  : (DWORD)b->states;
    c->offload = b->offloads == CYCLE ? 0
               : b->offloads == ALL   ? all_offloads[i % (sizeof all_offloads / sizeof *all_offloads)]
                                      : (DWORD)b->offloads;
    c->pid = fresh ? call : 1000 + i % 50 * 4;
    c->created = 133500000000000000 + i * 10000000ull;
}

/* bound makes the i-th bound socket of a family. Even ones are bindings of connection i, odd ones
 * are of sockets that are only bound. */
static void bound(struct conn *c, int family, const struct behaviour *b, DWORD i)
{
    row(c, family, b, i, 0);
    memset(c->remote, 0, sizeof c->remote);
    c->remote_port = c->remote_scope = 0;
    c->state = MIB_TCP_STATE_CLOSED;
    if (i % 2 == 1)
        c->local_port = port(60000 + i % 5000, b, i);
}

/* --- tables */

static void put_basic(void *to, const struct conn *c)
{
    MIB_TCPROW *r = to;
    memcpy(&r->dwLocalAddr, c->local, 4);
    memcpy(&r->dwRemoteAddr, c->remote, 4);
    r->dwState = c->state;
    r->dwLocalPort = c->local_port;
    r->dwRemotePort = c->remote_port;
}

static void put_6basic(void *to, const struct conn *c)
{
    MIB_TCP6ROW *r = to;
    memcpy(&r->LocalAddr, c->local, 16);
    memcpy(&r->RemoteAddr, c->remote, 16);
    r->dwLocalScopeId = c->local_scope;
    r->dwLocalPort = c->local_port;
    r->dwRemoteScopeId = c->remote_scope;
    r->dwRemotePort = c->remote_port;
    r->State = c->state;
}

static void put_row2(void *to, const struct conn *c)
{
    MIB_TCPROW2 *r = to;
    memcpy(&r->dwLocalAddr, c->local, 4);
    memcpy(&r->dwRemoteAddr, c->remote, 4);
    r->dwState = c->state;
    r->dwLocalPort = c->local_port;
    r->dwRemotePort = c->remote_port;
    r->dwOwningPid = c->pid;
    r->dwOffloadState = c->offload;
}

static void put_6row2(void *to, const struct conn *c)
{
    MIB_TCP6ROW2 *r = to;
    memcpy(&r->LocalAddr, c->local, 16);
    memcpy(&r->RemoteAddr, c->remote, 16);
    r->dwLocalScopeId = c->local_scope;
    r->dwLocalPort = c->local_port;
    r->dwRemoteScopeId = c->remote_scope;
    r->dwRemotePort = c->remote_port;
    r->State = c->state;
    r->dwOwningPid = c->pid;
    r->dwOffloadState = c->offload;
}

static void put_owner_pid(void *to, const struct conn *c)
{
    MIB_TCPROW_OWNER_PID *r = to;
    memcpy(&r->dwLocalAddr, c->local, 4);
    memcpy(&r->dwRemoteAddr, c->remote, 4);
    r->dwState = c->state;
    r->dwLocalPort = c->local_port;
    r->dwRemotePort = c->remote_port;
    r->dwOwningPid = c->pid;
}

static void put_6owner_pid(void *to, const struct conn *c)
{
    MIB_TCP6ROW_OWNER_PID *r = to;
    memcpy(r->ucLocalAddr, c->local, 16);
    memcpy(r->ucRemoteAddr, c->remote, 16);
    r->dwLocalScopeId = c->local_scope;
    r->dwLocalPort = c->local_port;
    r->dwRemoteScopeId = c->remote_scope;
    r->dwRemotePort = c->remote_port;
    r->dwState = c->state;
    r->dwOwningPid = c->pid;
}

static void put_owner_module(void *to, const struct conn *c)
{
    MIB_TCPROW_OWNER_MODULE *r = to;
    memset(r, 0, sizeof *r);
    put_owner_pid(r, c); /* the same fields come first */
    r->liCreateTimestamp.QuadPart = (LONGLONG)c->created;
    r->OwningModuleInfo[0] = c->pid;
}

static void put_6owner_module(void *to, const struct conn *c)
{
    MIB_TCP6ROW_OWNER_MODULE *r = to;
    memset(r, 0, sizeof *r);
    put_6owner_pid(r, c); /* the same fields come first */
    r->liCreateTimestamp.QuadPart = (LONGLONG)c->created;
    r->OwningModuleInfo[0] = c->pid;
}

static void put_udp(void *to, const struct conn *c)
{
    MIB_UDPROW *r = to;
    memcpy(&r->dwLocalAddr, c->local, 4);
    r->dwLocalPort = c->local_port;
}

static void put_6udp(void *to, const struct conn *c)
{
    MIB_UDP6ROW *r = to;
    memcpy(&r->dwLocalAddr, c->local, 16);
    r->dwLocalScopeId = c->local_scope;
    r->dwLocalPort = c->local_port;
}

static void put_udp_owner_pid(void *to, const struct conn *c)
{
    MIB_UDPROW_OWNER_PID *r = to;
    put_udp(r, c); /* the same fields come first */
    r->dwOwningPid = c->pid;
}

static void put_6udp_owner_pid(void *to, const struct conn *c)
{
    MIB_UDP6ROW_OWNER_PID *r = to;
    put_6udp(r, c); /* the same fields come first */
    r->dwOwningPid = c->pid;
}

static void put_udp_owner_module(void *to, const struct conn *c)
{
    MIB_UDPROW_OWNER_MODULE *r = to;
    memset(r, 0, sizeof *r);
    put_udp_owner_pid(r, c); /* the same fields come first */
    r->liCreateTimestamp.QuadPart = (LONGLONG)c->created;
    r->dwFlags = c->pid / 4 % 2 == 1 ? -1 : ~1;
    r->OwningModuleInfo[0] = c->pid;
}

static void put_6udp_owner_module(void *to, const struct conn *c)
{
    MIB_UDP6ROW_OWNER_MODULE *r = to;
    memset(r, 0, sizeof *r);
    put_6udp_owner_pid(r, c); /* the same fields come first */
    r->liCreateTimestamp.QuadPart = (LONGLONG)c->created;
    r->dwFlags = c->pid / 4 % 2 == 1 ? -1 : ~1;
    r->OwningModuleInfo[0] = c->pid;
}

enum kind {
    PLAIN, PLAIN_6, ROW2, ROW2_6, BASIC, OWNER_PID, OWNER_PID_6, OWNER_MODULE, OWNER_MODULE_6,
    BOUND, BOUND_6,
    UDP, UDP_6, UDP_BASIC, UDP_BASIC_6, UDP_OWNER_PID, UDP_OWNER_PID_6, UDP_OWNER_MODULE, UDP_OWNER_MODULE_6,
    KINDS
};

#define LAYOUT(table_type, row_type) offsetof(table_type, table), sizeof(row_type)

static const struct {
    const char *func;
    int family;
    size_t offset, stride;
    void (*put)(void *, const struct conn *);
} kinds[KINDS] = {
    [PLAIN] = {"GetTcpTable", AF_INET, LAYOUT(MIB_TCPTABLE, MIB_TCPROW), put_basic},
    [PLAIN_6] = {"GetTcp6Table", AF_INET6, LAYOUT(MIB_TCP6TABLE, MIB_TCP6ROW), put_6basic},
    [ROW2] = {"GetTcpTable2", AF_INET, LAYOUT(MIB_TCPTABLE2, MIB_TCPROW2), put_row2},
    [ROW2_6] = {"GetTcp6Table2", AF_INET6, LAYOUT(MIB_TCP6TABLE2, MIB_TCP6ROW2), put_6row2},
    [BASIC] = {"GetExtendedTcpTable", AF_INET, LAYOUT(MIB_TCPTABLE, MIB_TCPROW), put_basic},
    [OWNER_PID] = {"GetExtendedTcpTable", AF_INET, LAYOUT(MIB_TCPTABLE_OWNER_PID, MIB_TCPROW_OWNER_PID), put_owner_pid},
    [OWNER_PID_6] = {"GetExtendedTcpTable", AF_INET6, LAYOUT(MIB_TCP6TABLE_OWNER_PID, MIB_TCP6ROW_OWNER_PID), put_6owner_pid},
    [OWNER_MODULE] = {"GetExtendedTcpTable", AF_INET, LAYOUT(MIB_TCPTABLE_OWNER_MODULE, MIB_TCPROW_OWNER_MODULE), put_owner_module},
    [OWNER_MODULE_6] = {"GetExtendedTcpTable", AF_INET6, LAYOUT(MIB_TCP6TABLE_OWNER_MODULE, MIB_TCP6ROW_OWNER_MODULE), put_6owner_module},
    [BOUND] = {"InternalGetBoundTcpEndpointTable", AF_INET, LAYOUT(MIB_TCPTABLE2, MIB_TCPROW2), put_row2},
    [BOUND_6] = {"InternalGetBoundTcp6EndpointTable", AF_INET6, LAYOUT(MIB_TCP6TABLE2, MIB_TCP6ROW2), put_6row2},
    [UDP] = {"GetUdpTable", AF_INET, LAYOUT(MIB_UDPTABLE, MIB_UDPROW), put_udp},
    [UDP_6] = {"GetUdp6Table", AF_INET6, LAYOUT(MIB_UDP6TABLE, MIB_UDP6ROW), put_6udp},
    [UDP_BASIC] = {"GetExtendedUdpTable", AF_INET, LAYOUT(MIB_UDPTABLE, MIB_UDPROW), put_udp},
    [UDP_BASIC_6] = {"GetExtendedUdpTable", AF_INET6, LAYOUT(MIB_UDP6TABLE, MIB_UDP6ROW), put_6udp},
    [UDP_OWNER_PID] = {"GetExtendedUdpTable", AF_INET, LAYOUT(MIB_UDPTABLE_OWNER_PID, MIB_UDPROW_OWNER_PID), put_udp_owner_pid},
    [UDP_OWNER_PID_6] = {"GetExtendedUdpTable", AF_INET6, LAYOUT(MIB_UDP6TABLE_OWNER_PID, MIB_UDP6ROW_OWNER_PID), put_6udp_owner_pid},
    [UDP_OWNER_MODULE] = {"GetExtendedUdpTable", AF_INET, LAYOUT(MIB_UDPTABLE_OWNER_MODULE, MIB_UDPROW_OWNER_MODULE), put_udp_owner_module},
    [UDP_OWNER_MODULE_6] = {"GetExtendedUdpTable", AF_INET6, LAYOUT(MIB_UDP6TABLE_OWNER_MODULE, MIB_UDP6ROW_OWNER_MODULE), put_6udp_owner_module},
};

enum filter { LISTENER, CONNECTIONS, EVERYTHING }; /* as TCP_TABLE_CLASS has them, group by group */

/* The table that each kind handed out last, unsorted and sorted, which is handed
 * out again while nothing changes: a call then costs a copy and no more. */
static struct image {
    BYTE *bytes;
    size_t size, capacity;
    int filter;
} images[KINDS][2];

static DWORD calls[KINDS], other_calls[2];
static BYTE switches[2][TcpConnectionEstatsMaximum][8]; /* the RW structs of EStats */

/* The persistent port reservations, of TCP and of UDP. */
static struct reservation {
    DWORD start, ports; /* 0 ports: not used */
} reservations[2][16];

static void start_over(void)
{
    memset(calls, 0, sizeof calls);
    memset(other_calls, 0, sizeof other_calls);
    memset(switches, 0, sizeof switches);
    memset(reservations, 0, sizeof reservations);
    for (int k = 0; k < KINDS; k++)
        images[k][0].size = images[k][1].size = 0;
}

static struct image *build(enum kind k, int order, int filter, DWORD call)
{
    struct image *m = &images[k][order];
    const struct behaviour *b = &behaviour[kinds[k].family == AF_INET6];
    if (m->size != 0 && m->filter == filter && b->grow == 0 && b->churn == 0)
        return m;
    int is_bound = k == BOUND || k == BOUND_6;
    LONGLONG total = (is_bound ? b->bound : b->rows) + b->grow * call;
    DWORD n = total < 0 ? 0 : (DWORD)total, start = b->churn && n != 0 ? call * 7919u % n : 0, kept = 0;
    size_t capacity = kinds[k].offset + n * kinds[k].stride;
    if (capacity > m->capacity) {
        free(m->bytes);
        m->bytes = malloc(capacity);
        m->capacity = capacity;
    }
    if (m->bytes == NULL)
        abort();
    memset(m->bytes, 0, kinds[k].offset);
    for (DWORD j = 0; j < n; j++) {
        struct conn c;
        DWORD i = (j + start) % n;
        if (is_bound)
            bound(&c, kinds[k].family, b, i);
        else
            row(&c, kinds[k].family, b, order ? i : n - 1 - i, call);
        if (filter != EVERYTHING && (c.state == MIB_TCP_STATE_LISTEN) != (filter == LISTENER))
            continue;
        kinds[k].put(m->bytes + kinds[k].offset + kept++ * kinds[k].stride, &c);
    }
    m->size = kinds[k].offset + kept * kinds[k].stride;
    kept = apply(b->entries, kept, 0);
    memcpy(m->bytes, &kept, sizeof kept);
    m->filter = filter;
    return m;
}

static DWORD code_of(const struct behaviour *b, DWORD call)
{
    return b->n_codes == 0 ? NO_ERROR : b->codes[call < (DWORD)b->n_codes ? call : (DWORD)b->n_codes - 1];
}

static DWORD answer(enum kind k, int filter, void *table, DWORD *size, BOOL order, const char *more)
{
    const struct behaviour *b = &behaviour[kinds[k].family == AF_INET6];
    DWORD before = *size, code;
    AcquireSRWLockExclusive(&lock);
    DWORD call = calls[k]++;
    code = code_of(b, call);
    if (code == NO_ERROR && !b->blank) {
        struct image *m = build(k, order != FALSE, filter, call);
        if (table == NULL || before < m->size) {
            code = ERROR_INSUFFICIENT_BUFFER;
            *size = apply(b->ask, (DWORD)m->size, before);
        } else {
            memcpy(table, m->bytes, m->size);
            *size = apply(b->tell, (DWORD)m->size, before);
        }
    } else if (code == NO_ERROR) {
        *size = apply(b->tell, before, before);
    } else if (code == ERROR_INSUFFICIENT_BUFFER) {
        *size = apply(b->ask, (DWORD)build(k, order != FALSE, filter, call)->size, before);
    }
    record("%s family=%d filter=%d table=%s size=%lu order=%d%s code=%lu told=%lu\n", kinds[k].func,
           kinds[k].family, filter, table == NULL ? "NULL" : "buffer", before, order, more, code, *size);
    ReleaseSRWLockExclusive(&lock);
    SetLastError((DWORD)b->last);
    return code;
}

/* --- the functions of iphlpapi.dll: tables */

ULONG WINAPI GetTcpTable(PMIB_TCPTABLE table, PULONG size, BOOL order)
{
    return answer(PLAIN, EVERYTHING, table, size, order, "");
}

ULONG WINAPI GetTcp6Table(PMIB_TCP6TABLE table, PULONG size, BOOL order)
{
    return answer(PLAIN_6, EVERYTHING, table, size, order, "");
}

ULONG WINAPI GetTcpTable2(PMIB_TCPTABLE2 table, PULONG size, BOOL order)
{
    return answer(ROW2, EVERYTHING, table, size, order, "");
}

ULONG WINAPI GetTcp6Table2(PMIB_TCP6TABLE2 table, PULONG size, BOOL order)
{
    return answer(ROW2_6, EVERYTHING, table, size, order, "");
}

DWORD WINAPI GetExtendedTcpTable(PVOID table, PDWORD size, BOOL order, ULONG family, TCP_TABLE_CLASS class, ULONG reserved)
{
    char more[64];
    static const enum kind groups[] = {BASIC, OWNER_PID, OWNER_MODULE};
    snprintf(more, sizeof more, " af=%lu class=%u reserved=%lu", family, (unsigned)class, reserved);
    if (reserved != 0 || (DWORD)class > TCP_TABLE_OWNER_MODULE_ALL)
        return ERROR_INVALID_PARAMETER;
    if (family != AF_INET && family != AF_INET6)
        return ERROR_INVALID_PARAMETER;
    if (family == AF_INET6 && class <= TCP_TABLE_BASIC_ALL)
        return ERROR_NOT_SUPPORTED; /* as Windows does */
    return answer(groups[class / 3] + (family == AF_INET6), class % 3, table, size, order, more);
}

ULONG WINAPI GetUdpTable(PMIB_UDPTABLE table, PULONG size, BOOL order)
{
    return answer(UDP, EVERYTHING, table, size, order, "");
}

ULONG WINAPI GetUdp6Table(PMIB_UDP6TABLE table, PULONG size, BOOL order)
{
    return answer(UDP_6, EVERYTHING, table, size, order, "");
}

DWORD WINAPI GetExtendedUdpTable(PVOID table, PDWORD size, BOOL order, ULONG family, UDP_TABLE_CLASS class, ULONG reserved)
{
    char more[64];
    static const enum kind groups[] = {UDP_BASIC, UDP_OWNER_PID, UDP_OWNER_MODULE};
    snprintf(more, sizeof more, " af=%lu class=%u reserved=%lu", family, (unsigned)class, reserved);
    if (reserved != 0 || (DWORD)class > UDP_TABLE_OWNER_MODULE || (family != AF_INET && family != AF_INET6))
        return ERROR_INVALID_PARAMETER;
    return answer(groups[class] + (family == AF_INET6), EVERYTHING, table, size, order, more);
}

/* bound_table allocates the table that it hands out from the caller's heap. */
static DWORD bound_table(enum kind k, void **table, HANDLE heap, ULONG flags)
{
    const struct behaviour *b = &behaviour[kinds[k].family == AF_INET6];
    AcquireSRWLockExclusive(&lock);
    DWORD call = calls[k]++, code = code_of(b, call);
    size_t size = 0;
    *table = NULL;
    if (code == NO_ERROR && !b->blank) {
        struct image *m = build(k, 1, EVERYTHING, call);
        size = m->size;
        *table = HeapAlloc(heap, flags, size);
        if (*table == NULL)
            code = ERROR_NOT_ENOUGH_MEMORY;
        else
            memcpy(*table, m->bytes, size);
    }
    record("%s heap=%s flags=%lu code=%lu size=%lu\n", kinds[k].func, heap == GetProcessHeap() ? "process" : "other",
           flags, code, (DWORD)size);
    ReleaseSRWLockExclusive(&lock);
    SetLastError((DWORD)b->last);
    return code;
}

ULONG WINAPI InternalGetBoundTcpEndpointTable(PVOID *table, HANDLE heap, ULONG flags)
{
    return bound_table(BOUND, table, heap, flags);
}

ULONG WINAPI InternalGetBoundTcp6EndpointTable(PVOID *table, HANDLE heap, ULONG flags)
{
    return bound_table(BOUND_6, table, heap, flags);
}

/* --- the functions of iphlpapi.dll: others */

/* begin is what every other function does first; end what it does last. */
static DWORD begin(int is6)
{
    AcquireSRWLockExclusive(&lock);
    return code_of(&behaviour[is6], other_calls[is6]++);
}

static DWORD end(DWORD code)
{
    ReleaseSRWLockExclusive(&lock);
    return code;
}

/* hex is good for four buffers in one line of the log. */
static const char *hex(const void *bytes, size_t n)
{
    static char texts[4][2 * 256 + 1];
    static int next;
    char *text = texts[next++ % 4];
    if (bytes == NULL)
        return "NULL";
    for (size_t i = 0; i < n && i < 256; i++)
        sprintf(text + 2 * i, "%02x", ((const BYTE *)bytes)[i]);
    text[2 * (n < 256 ? n : 256)] = 0;
    return text;
}

DWORD WINAPI SetTcpEntry(PMIB_TCPROW row)
{
    DWORD code = begin(0);
    record("SetTcpEntry row=%s code=%lu\n", hex(row, sizeof *row), code);
    return end(code);
}

/* statistics has the number of each field in it, and the family in the hundreds. */
static void statistics(MIB_TCPSTATS *s, DWORD family)
{
    for (DWORD i = 0; i < sizeof *s / sizeof(DWORD); i++)
        ((DWORD *)s)[i] = family * 100 + i;
    s->dwRtoAlgorithm = MIB_TCP_RTO_VANJ;
    s->dwMaxConn = MIB_TCP_MAXCONN_DYNAMIC;
}

ULONG WINAPI GetTcpStatistics(PMIB_TCPSTATS stats)
{
    DWORD code = begin(0);
    if (code == NO_ERROR)
        statistics(stats, AF_INET);
    record("GetTcpStatistics stats=%s code=%lu\n", stats == NULL ? "NULL" : "buffer", code);
    return end(code);
}

ULONG WINAPI GetTcpStatisticsEx(PMIB_TCPSTATS stats, ULONG family)
{
    DWORD code = begin(family == AF_INET6);
    if (code == NO_ERROR)
        statistics(stats, family);
    record("GetTcpStatisticsEx stats=%s family=%lu code=%lu\n", stats == NULL ? "NULL" : "buffer", family, code);
    return end(code);
}

/* MIB_TCPSTATS2, which MinGW-w64 does not have: two counters are wide. */
struct stats2 {
    DWORD head[9];
    ULONGLONG in_segs, out_segs;
    DWORD tail[4];
};

ULONG WINAPI GetTcpStatisticsEx2(struct stats2 *stats, ULONG family)
{
    DWORD code = begin(family == AF_INET6);
    if (code == NO_ERROR) {
        MIB_TCPSTATS narrow;
        statistics(&narrow, family);
        memcpy(stats->head, &narrow, sizeof stats->head);
        stats->in_segs = (1ull << 40) + narrow.dwInSegs;
        stats->out_segs = (1ull << 41) + narrow.dwOutSegs;
        memcpy(stats->tail, &narrow.dwRetransSegs, sizeof stats->tail);
    }
    record("GetTcpStatisticsEx2 stats=%s family=%lu code=%lu\n", stats == NULL ? "NULL" : "buffer", family, code);
    return end(code);
}

static void udp_statistics(MIB_UDPSTATS *s, DWORD family)
{
    for (DWORD i = 0; i < sizeof *s / sizeof(DWORD); i++)
        ((DWORD *)s)[i] = family * 100 + i;
}

ULONG WINAPI GetUdpStatistics(PMIB_UDPSTATS stats)
{
    DWORD code = begin(0);
    if (code == NO_ERROR)
        udp_statistics(stats, AF_INET);
    record("GetUdpStatistics stats=%s code=%lu\n", stats == NULL ? "NULL" : "buffer", code);
    return end(code);
}

ULONG WINAPI GetUdpStatisticsEx(PMIB_UDPSTATS stats, ULONG family)
{
    DWORD code = begin(family == AF_INET6);
    if (code == NO_ERROR)
        udp_statistics(stats, family);
    record("GetUdpStatisticsEx stats=%s family=%lu code=%lu\n", stats == NULL ? "NULL" : "buffer", family, code);
    return end(code);
}

/* MIB_UDPSTATS2, which MinGW-w64 does not have: two counters are wide. */
struct udp_stats2 {
    ULONGLONG in_datagrams;
    DWORD no_ports, in_errors;
    ULONGLONG out_datagrams;
    DWORD num_addrs;
};

ULONG WINAPI GetUdpStatisticsEx2(struct udp_stats2 *stats, ULONG family)
{
    DWORD code = begin(family == AF_INET6);
    if (code == NO_ERROR) {
        MIB_UDPSTATS narrow;
        udp_statistics(&narrow, family);
        stats->in_datagrams = (1ull << 40) + narrow.dwInDatagrams;
        stats->no_ports = narrow.dwNoPorts;
        stats->in_errors = narrow.dwInErrors;
        stats->out_datagrams = (1ull << 41) + narrow.dwOutDatagrams;
        stats->num_addrs = narrow.dwNumAddrs;
    }
    record("GetUdpStatisticsEx2 stats=%s family=%lu code=%lu\n", stats == NULL ? "NULL" : "buffer", family, code);
    return end(code);
}

static DWORD owner_module(const char *func, int is6, const void *row, size_t row_size, DWORD class, void *buffer, DWORD *size)
{
    static const WCHAR name[] = L"synthetic service", path[] = L"C:\\Windows\\System32\\s\u00fdnthetic.dll";
    TCPIP_OWNER_MODULE_BASIC_INFO *info = buffer;
    DWORD before = *size, needed = sizeof *info + sizeof name + sizeof path, code = begin(is6);
    if (code == NO_ERROR && (buffer == NULL || before < needed)) {
        code = ERROR_INSUFFICIENT_BUFFER;
        *size = apply(behaviour[is6].ask, needed, before);
    } else if (code == NO_ERROR) {
        info->pModuleName = memcpy(info + 1, name, sizeof name);
        info->pModulePath = memcpy(info->pModuleName + sizeof name / sizeof *name, path, sizeof path);
        *size = apply(behaviour[is6].tell, needed, before);
        if (strcmp(module, "before") == 0)
            info->pModuleName = (WCHAR *)buffer - 1;
        else if (strcmp(module, "behind") == 0)
            info->pModulePath = (WCHAR *)((BYTE *)buffer + before);
        else if (strcmp(module, "endless") == 0)
            memset(info->pModuleName, 'x', before - sizeof *info);
        else if (strcmp(module, "null") == 0)
            info->pModuleName = info->pModulePath = NULL;
    }
    record("%s row=%s class=%lu buffer=%s size=%lu code=%lu told=%lu\n", func, hex(row, row_size), class,
           buffer == NULL ? "NULL" : "buffer", before, code, *size);
    return end(code);
}

DWORD WINAPI GetOwnerModuleFromTcpEntry(PMIB_TCPROW_OWNER_MODULE row, TCPIP_OWNER_MODULE_INFO_CLASS class, PVOID buffer, PDWORD size)
{
    return owner_module("GetOwnerModuleFromTcpEntry", 0, row, sizeof *row, class, buffer, size);
}

DWORD WINAPI GetOwnerModuleFromTcp6Entry(PMIB_TCP6ROW_OWNER_MODULE row, TCPIP_OWNER_MODULE_INFO_CLASS class, PVOID buffer, PDWORD size)
{
    return owner_module("GetOwnerModuleFromTcp6Entry", 1, row, sizeof *row, class, buffer, size);
}

DWORD WINAPI GetOwnerModuleFromUdpEntry(PMIB_UDPROW_OWNER_MODULE row, TCPIP_OWNER_MODULE_INFO_CLASS class, PVOID buffer, PDWORD size)
{
    return owner_module("GetOwnerModuleFromUdpEntry", 0, row, sizeof *row, class, buffer, size);
}

DWORD WINAPI GetOwnerModuleFromUdp6Entry(PMIB_UDP6ROW_OWNER_MODULE row, TCPIP_OWNER_MODULE_INFO_CLASS class, PVOID buffer, PDWORD size)
{
    return owner_module("GetOwnerModuleFromUdp6Entry", 1, row, sizeof *row, class, buffer, size);
}

/* Persistent reservations live as long as the scenario. A port crosses in network byte order, and
 * the token is the number of the first port behind 0x100000000. */

enum { RESERVE_TCP, RESERVE_UDP };

static struct reservation *reserved(int protocol, DWORD start, DWORD ports)
{
    for (size_t i = 0; i < sizeof reservations[0] / sizeof *reservations[0]; i++)
        if (reservations[protocol][i].start == start && reservations[protocol][i].ports == ports)
            return &reservations[protocol][i];
    return NULL;
}

static DWORD create_reservation(int protocol, DWORD start, DWORD ports)
{
    if (start == 0 || ports == 0 || start + ports > 0x10000)
        return ERROR_INVALID_PARAMETER;
    for (size_t i = 0; i < sizeof reservations[0] / sizeof *reservations[0]; i++) {
        const struct reservation *r = &reservations[protocol][i];
        if (start < r->start + r->ports && r->start < start + ports)
            return ERROR_SHARING_VIOLATION;
    }
    struct reservation *unused = reserved(protocol, 0, 0);
    if (unused == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    *unused = (struct reservation){start, ports};
    return NO_ERROR;
}

static DWORD delete_reservation(int protocol, DWORD start, DWORD ports)
{
    if (start == 0 || ports == 0)
        return ERROR_INVALID_PARAMETER;
    struct reservation *r = reserved(protocol, start, ports);
    if (r == NULL)
        return ERROR_NOT_FOUND;
    *r = (struct reservation){0, 0};
    return NO_ERROR;
}

static DWORD look_up_reservation(int protocol, DWORD start, DWORD ports)
{
    if (start == 0 || ports == 0)
        return ERROR_INVALID_PARAMETER;
    return reserved(protocol, start, ports) == NULL ? ERROR_NOT_FOUND : NO_ERROR;
}

static DWORD reservation(const char *func, DWORD (*does)(int, DWORD, DWORD), int protocol, USHORT port, USHORT ports,
                         ULONG64 *token)
{
    DWORD start = (DWORD)(port & 0xFF) << 8 | port >> 8, code = begin(0);
    if (code == NO_ERROR)
        code = does(protocol, start, ports);
    if (code == NO_ERROR && token != NULL)
        *token = 0x100000000 + start;
    record("%s start=%lu ports=%u code=%lu\n", func, start, ports, code);
    return end(code);
}

ULONG WINAPI CreatePersistentTcpPortReservation(USHORT start, USHORT ports, PULONG64 token)
{
    return reservation("CreatePersistentTcpPortReservation", create_reservation, RESERVE_TCP, start, ports, token);
}

ULONG WINAPI DeletePersistentTcpPortReservation(USHORT start, USHORT ports)
{
    return reservation("DeletePersistentTcpPortReservation", delete_reservation, RESERVE_TCP, start, ports, NULL);
}

ULONG WINAPI LookupPersistentTcpPortReservation(USHORT start, USHORT ports, PULONG64 token)
{
    return reservation("LookupPersistentTcpPortReservation", look_up_reservation, RESERVE_TCP, start, ports, token);
}

ULONG WINAPI CreatePersistentUdpPortReservation(USHORT start, USHORT ports, PULONG64 token)
{
    return reservation("CreatePersistentUdpPortReservation", create_reservation, RESERVE_UDP, start, ports, token);
}

ULONG WINAPI DeletePersistentUdpPortReservation(USHORT start, USHORT ports)
{
    return reservation("DeletePersistentUdpPortReservation", delete_reservation, RESERVE_UDP, start, ports, NULL);
}

ULONG WINAPI LookupPersistentUdpPortReservation(USHORT start, USHORT ports, PULONG64 token)
{
    return reservation("LookupPersistentUdpPortReservation", look_up_reservation, RESERVE_UDP, start, ports, token);
}

/* Statistics of a connection: RW is what was set last; the others count their
 * own bytes, from their type on, and are 0 while RW is. */
static DWORD get_estats(const char *func, int is6, const void *row, size_t row_size, DWORD type,
                        BYTE *rw, ULONG rw_version, ULONG rw_size, BYTE *ros, ULONG ros_version, ULONG ros_size,
                        BYTE *rod, ULONG rod_version, ULONG rod_size)
{
    DWORD code = begin(is6);
    record("%s row=%s type=%lu rw=%s,%lu,%lu ros=%s,%lu,%lu rod=%s,%lu,%lu code=%lu\n", func, hex(row, row_size), type,
           rw == NULL ? "NULL" : "buffer", rw_version, rw_size, ros == NULL ? "NULL" : "buffer", ros_version, ros_size,
           rod == NULL ? "NULL" : "buffer", rod_version, rod_size, code);
    if (code == NO_ERROR && type < TcpConnectionEstatsMaximum) {
        static const BYTE off[8];
        const BYTE *set = switches[is6][type];
        int on = memcmp(set, off, sizeof off) != 0 || type == TcpConnectionEstatsSynOpts;
        if (rw != NULL)
            memcpy(rw, set, rw_size < sizeof off ? rw_size : sizeof off);
        for (ULONG i = 0; ros != NULL && i < ros_size; i++)
            ros[i] = on ? (BYTE)(0x80 + type + i) : 0;
        for (ULONG i = 0; rod != NULL && i < rod_size; i++)
            rod[i] = on ? (BYTE)(type + i) : 0;
    }
    return end(code);
}

static DWORD set_estats(const char *func, int is6, const void *row, size_t row_size, DWORD type,
                        const BYTE *rw, ULONG rw_version, ULONG rw_size, ULONG offset)
{
    DWORD code = begin(is6);
    record("%s row=%s type=%lu rw=%s,%lu,%lu offset=%lu code=%lu\n", func, hex(row, row_size), type,
           hex(rw, rw_size), rw_version, rw_size, offset, code);
    if (code == NO_ERROR && type < TcpConnectionEstatsMaximum && rw_size <= sizeof switches[0][0])
        memcpy(switches[is6][type], rw, rw_size);
    return end(code);
}

ULONG WINAPI GetPerTcpConnectionEStats(PMIB_TCPROW row, TCP_ESTATS_TYPE type, PUCHAR rw, ULONG rw_version, ULONG rw_size,
                                       PUCHAR ros, ULONG ros_version, ULONG ros_size, PUCHAR rod, ULONG rod_version, ULONG rod_size)
{
    return get_estats("GetPerTcpConnectionEStats", 0, row, sizeof *row, type, rw, rw_version, rw_size,
                      ros, ros_version, ros_size, rod, rod_version, rod_size);
}

ULONG WINAPI GetPerTcp6ConnectionEStats(PMIB_TCP6ROW row, TCP_ESTATS_TYPE type, PUCHAR rw, ULONG rw_version, ULONG rw_size,
                                        PUCHAR ros, ULONG ros_version, ULONG ros_size, PUCHAR rod, ULONG rod_version, ULONG rod_size)
{
    return get_estats("GetPerTcp6ConnectionEStats", 1, row, sizeof *row, type, rw, rw_version, rw_size,
                      ros, ros_version, ros_size, rod, rod_version, rod_size);
}

ULONG WINAPI SetPerTcpConnectionEStats(PMIB_TCPROW row, TCP_ESTATS_TYPE type, PUCHAR rw, ULONG rw_version, ULONG rw_size, ULONG offset)
{
    return set_estats("SetPerTcpConnectionEStats", 0, row, sizeof *row, type, rw, rw_version, rw_size, offset);
}

ULONG WINAPI SetPerTcp6ConnectionEStats(PMIB_TCP6ROW row, TCP_ESTATS_TYPE type, PUCHAR rw, ULONG rw_version, ULONG rw_size, ULONG offset)
{
    return set_estats("SetPerTcp6ConnectionEStats", 1, row, sizeof *row, type, rw, rw_version, rw_size, offset);
}

/* Go's package net lists the interfaces with it: there are none. */
ULONG WINAPI GetAdaptersAddresses(ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES addresses, PULONG size)
{
    (void)family, (void)flags, (void)reserved, (void)addresses;
    *size = 0;
    return NO_ERROR;
}

/* --- a baseline for benchmarks */

/* winmib_baseline is what a C program does that reads the IPv4 (4) or IPv6 (6)
 * table again and again: it calls n times, with a buffer that it keeps, and
 * returns how many rows it saw in all. */
uint64_t winmib_baseline(uint32_t family, uint32_t n)
{
    static void *table;
    static DWORD room;
    uint64_t rows = 0;
    while (n != 0) {
        DWORD size = room;
        DWORD code = family == 4 ? GetTcpTable2(table, &size, FALSE) : GetTcp6Table2(table, &size, FALSE);
        if (code == ERROR_INSUFFICIENT_BUFFER) {
            free(table);
            table = malloc(room = size);
            continue;
        }
        if (code != NO_ERROR)
            break;
        rows += *(DWORD *)table;
        n--;
    }
    return rows;
}
