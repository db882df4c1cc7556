/* A stand-in iphlpapi.dll for Wine: its tables are those of the Linux machine. Those of Wine 10
 * have the sockets of Wine programs only, and nothing that is left of a closed one. Those of Wine 8
 * and 9 are the machine's, but Wine searches the files of all its processes for the owner of each
 * row.
 *
 * wine.sh builds it and puts it into the system32 of a Wine prefix of its own, for programs run
 * with WINEDLLOVERRIDES=iphlpapi=n. Wine's own DLL is next to it as wineiphlpapi.dll. A .def file
 * exports the functions below and forwards all others, which wine.sh lists from Wine's DLL:
 *
 *   x86_64-w64-mingw32-gcc -std=c11 -O2 -shared -static-libgcc -o iphlpapi.dll \
 *       standin.c standin.def -lws2_32 -lntdll
 *
 * The rows come from /proc/net, read through Z:. Linux shows such a file in pieces, so a row may
 * be there twice, or not at all, while others come and go; Wine's own table has the same flaw.
 * Owners are processes of this Wine prefix; a socket of a Linux program has the owner 0, because
 * its PID means nothing to a Windows program. Creation times and modules are unknown, and zero.
 * The scope ID of a link-local address is the index of its interface, as on Windows. */
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <winternl.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the exported functions */

enum class { BASIC, OWNER_PID, OWNER_MODULE, ROW2 };
enum filter { LISTENERS, CONNECTIONS, ALL };

static DWORD answer(int type, ULONG family, enum class class, enum filter filter, void *table, DWORD *size, BOOL order);

ULONG WINAPI GetTcpTable(PMIB_TCPTABLE table, PULONG size, BOOL order)
{
    return answer(SOCK_STREAM, AF_INET, BASIC, ALL, table, size, order);
}

ULONG WINAPI GetTcp6Table(PMIB_TCP6TABLE table, PULONG size, BOOL order)
{
    return answer(SOCK_STREAM, AF_INET6, BASIC, ALL, table, size, order);
}

ULONG WINAPI GetTcpTable2(PMIB_TCPTABLE2 table, PULONG size, BOOL order)
{
    return answer(SOCK_STREAM, AF_INET, ROW2, ALL, table, size, order);
}

ULONG WINAPI GetTcp6Table2(PMIB_TCP6TABLE2 table, PULONG size, BOOL order)
{
    return answer(SOCK_STREAM, AF_INET6, ROW2, ALL, table, size, order);
}

DWORD WINAPI GetExtendedTcpTable(PVOID table, PDWORD size, BOOL order, ULONG family, TCP_TABLE_CLASS class, ULONG reserved)
{
    static const struct {
        enum class class;
        enum filter filter;
    } classes[] = {
        [TCP_TABLE_BASIC_LISTENER] = {BASIC, LISTENERS},
        [TCP_TABLE_BASIC_CONNECTIONS] = {BASIC, CONNECTIONS},
        [TCP_TABLE_BASIC_ALL] = {BASIC, ALL},
        [TCP_TABLE_OWNER_PID_LISTENER] = {OWNER_PID, LISTENERS},
        [TCP_TABLE_OWNER_PID_CONNECTIONS] = {OWNER_PID, CONNECTIONS},
        [TCP_TABLE_OWNER_PID_ALL] = {OWNER_PID, ALL},
        [TCP_TABLE_OWNER_MODULE_LISTENER] = {OWNER_MODULE, LISTENERS},
        [TCP_TABLE_OWNER_MODULE_CONNECTIONS] = {OWNER_MODULE, CONNECTIONS},
        [TCP_TABLE_OWNER_MODULE_ALL] = {OWNER_MODULE, ALL},
    };
    if (reserved != 0 || (DWORD)class > TCP_TABLE_OWNER_MODULE_ALL)
        return ERROR_INVALID_PARAMETER;
    return answer(SOCK_STREAM, family, classes[class].class, classes[class].filter, table, size, order);
}

ULONG WINAPI GetUdpTable(PMIB_UDPTABLE table, PULONG size, BOOL order)
{
    return answer(SOCK_DGRAM, AF_INET, BASIC, ALL, table, size, order);
}

ULONG WINAPI GetUdp6Table(PMIB_UDP6TABLE table, PULONG size, BOOL order)
{
    return answer(SOCK_DGRAM, AF_INET6, BASIC, ALL, table, size, order);
}

DWORD WINAPI GetExtendedUdpTable(PVOID table, PDWORD size, BOOL order, ULONG family, UDP_TABLE_CLASS class, ULONG reserved)
{
    static const enum class classes[] = {
        [UDP_TABLE_BASIC] = BASIC, [UDP_TABLE_OWNER_PID] = OWNER_PID, [UDP_TABLE_OWNER_MODULE] = OWNER_MODULE};
    if (reserved != 0 || (DWORD)class > UDP_TABLE_OWNER_MODULE)
        return ERROR_INVALID_PARAMETER;
    return answer(SOCK_DGRAM, family, classes[class], ALL, table, size, order);
}

/* --- from a list of sockets to a table */

struct ends { /* in network byte order, and so in the order of a sorted table */
    BYTE local[16], local_port[2], remote[16], remote_port[2];
};

struct sock {
    struct ends ends;
    DWORD local_scope, remote_scope, state, pid;
};

struct list {
    struct sock *socks;
    size_t n, room;
};

static DWORD read_proc(struct list *all, int type, ULONG family);
static void find_owners(struct list *all, int type, ULONG family);

/* Where the first row of a table is, and how long a row is. */
struct shape {
    size_t offset, stride;
};
#define SHAPE(name) {offsetof(MIB_##name, table), sizeof ((MIB_##name *)0)->table[0]}
static const struct shape shapes[2][2][4] = {
    /* TCP: IPv4, IPv6 */
    {{SHAPE(TCPTABLE), SHAPE(TCPTABLE_OWNER_PID), SHAPE(TCPTABLE_OWNER_MODULE), SHAPE(TCPTABLE2)},
     {SHAPE(TCP6TABLE), SHAPE(TCP6TABLE_OWNER_PID), SHAPE(TCP6TABLE_OWNER_MODULE), SHAPE(TCP6TABLE2)}},
    /* UDP */
    {{SHAPE(UDPTABLE), SHAPE(UDPTABLE_OWNER_PID), SHAPE(UDPTABLE_OWNER_MODULE)},
     {SHAPE(UDP6TABLE), SHAPE(UDP6TABLE_OWNER_PID), SHAPE(UDP6TABLE_OWNER_MODULE)}},
};

/* Connections are those that are established: Microsoft says "connected", and Wine does this. */
static int wanted(const struct sock *s, enum filter filter)
{
    return filter == ALL || s->state == (filter == LISTENERS ? MIB_TCP_STATE_LISTEN : MIB_TCP_STATE_ESTAB);
}

static int compare_ends(const void *a, const void *b) { return memcmp(a, b, sizeof(struct ends)); }

static void put(void *row, const struct sock *s, int type, ULONG family, enum class class);

static DWORD answer(int type, ULONG family, enum class class, enum filter filter, void *table, DWORD *size, BOOL order)
{
    if (size == NULL || (family != AF_INET && family != AF_INET6))
        return ERROR_INVALID_PARAMETER;
    const struct shape *shape = &shapes[type == SOCK_DGRAM][family == AF_INET6][class];
    struct list all = {0};
    DWORD code = read_proc(&all, type, family), n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (wanted(&all.socks[i], filter))
            all.socks[n++] = all.socks[i];
    all.n = n;
    if (code == NO_ERROR) {
        DWORD room = *size;
        *size = (DWORD)(shape->offset + n * shape->stride);
        if (table == NULL || room < *size)
            code = ERROR_INSUFFICIENT_BUFFER;
    }
    if (code == NO_ERROR) {
        if (class != BASIC)
            find_owners(&all, type, family);
        if (order && n != 0)
            qsort(all.socks, n, sizeof *all.socks, compare_ends); /* ends come first in a sock */
        memset(table, 0, *size);
        memcpy(table, &n, sizeof n);
        for (size_t i = 0; i < n; i++)
            put((BYTE *)table + shape->offset + i * shape->stride, &all.socks[i], type, family, class);
    }
    free(all.socks);
    return code;
}

static DWORD address4(const BYTE *bytes)
{
    DWORD d;
    memcpy(&d, bytes, sizeof d);
    return d;
}

static DWORD port(const BYTE *bytes) { return bytes[0] | (DWORD)bytes[1] << 8; }

/* The rows of a family begin in the same way, the owner's PID apart. */
static void put_tcp4(void *row, const struct sock *s, enum class class)
{
    MIB_TCPROW_OWNER_MODULE r = {
        .dwState = s->state,
        .dwLocalAddr = address4(s->ends.local),
        .dwLocalPort = port(s->ends.local_port),
        .dwRemoteAddr = address4(s->ends.remote),
        .dwRemotePort = port(s->ends.remote_port),
        .dwOwningPid = s->pid,
    };
    memcpy(row, &r, class == BASIC ? sizeof(MIB_TCPROW) : sizeof(MIB_TCPROW_OWNER_PID));
}

static void put_tcp6_basic(MIB_TCP6ROW *r, const struct sock *s)
{
    r->State = s->state;
    memcpy(&r->LocalAddr, s->ends.local, sizeof r->LocalAddr);
    r->dwLocalScopeId = s->local_scope;
    r->dwLocalPort = port(s->ends.local_port);
    memcpy(&r->RemoteAddr, s->ends.remote, sizeof r->RemoteAddr);
    r->dwRemoteScopeId = s->remote_scope;
    r->dwRemotePort = port(s->ends.remote_port);
}

static void put_tcp6_row2(MIB_TCP6ROW2 *r, const struct sock *s)
{
    r->State = s->state;
    memcpy(&r->LocalAddr, s->ends.local, sizeof r->LocalAddr);
    r->dwLocalScopeId = s->local_scope;
    r->dwLocalPort = port(s->ends.local_port);
    memcpy(&r->RemoteAddr, s->ends.remote, sizeof r->RemoteAddr);
    r->dwRemoteScopeId = s->remote_scope;
    r->dwRemotePort = port(s->ends.remote_port);
    r->dwOwningPid = s->pid;
}

static void put_tcp6_owner(MIB_TCP6ROW_OWNER_PID *r, const struct sock *s)
{
    memcpy(r->ucLocalAddr, s->ends.local, sizeof r->ucLocalAddr);
    r->dwLocalScopeId = s->local_scope;
    r->dwLocalPort = port(s->ends.local_port);
    memcpy(r->ucRemoteAddr, s->ends.remote, sizeof r->ucRemoteAddr);
    r->dwRemoteScopeId = s->remote_scope;
    r->dwRemotePort = port(s->ends.remote_port);
    r->dwState = s->state;
    r->dwOwningPid = s->pid;
}

static void put_udp4(MIB_UDPROW_OWNER_MODULE *r, const struct sock *s, enum class class)
{
    r->dwLocalAddr = address4(s->ends.local);
    r->dwLocalPort = port(s->ends.local_port);
    if (class != BASIC)
        r->dwOwningPid = s->pid;
}

static void put_udp6(MIB_UDP6ROW_OWNER_MODULE *r, const struct sock *s, enum class class)
{
    memcpy(r->ucLocalAddr, s->ends.local, sizeof r->ucLocalAddr);
    r->dwLocalScopeId = s->local_scope;
    r->dwLocalPort = port(s->ends.local_port);
    if (class != BASIC)
        r->dwOwningPid = s->pid;
}

/* put fills in a row, which is zero. The rows with an owner's module begin as those with its PID. */
static void put(void *row, const struct sock *s, int type, ULONG family, enum class class)
{
    if (type == SOCK_DGRAM && family == AF_INET)
        put_udp4(row, s, class);
    else if (type == SOCK_DGRAM)
        put_udp6(row, s, class);
    else if (family == AF_INET)
        put_tcp4(row, s, class);
    else if (class == BASIC)
        put_tcp6_basic(row, s);
    else if (class == ROW2)
        put_tcp6_row2(row, s);
    else
        put_tcp6_owner(row, s);
}

/* --- the sockets that Linux lists */

/* add returns a new sock at the end of a list, all zero, or NULL. */
static struct sock *add(struct list *all)
{
    if (all->n == all->room) {
        size_t room = all->room == 0 ? 256 : 2 * all->room;
        struct sock *socks = realloc(all->socks, room * sizeof *socks);
        if (socks == NULL)
            return NULL;
        all->socks = socks;
        all->room = room;
    }
    return memset(&all->socks[all->n++], 0, sizeof *all->socks);
}

/* read_address reads the 32-bit words of an address, each in the byte order of this machine. */
static void read_address(BYTE *address, const char *text)
{
    DWORD word;
    for (; sscanf(text, "%8lx", &word) == 1; text += 8, address += sizeof word)
        memcpy(address, &word, sizeof word);
}

static void put_port(BYTE *bytes, unsigned port)
{
    bytes[0] = (BYTE)(port >> 8);
    bytes[1] = (BYTE)port;
}

static int is_link_local(const BYTE *address) { return address[0] == 0xfe && (address[1] & 0xc0) == 0x80; }

/* interface_of returns the index of the interface that has a link-local address, and 0 for others. */
static DWORD interface_of(const BYTE *address)
{
    char line[256], text[33];
    DWORD index = 0;
    FILE *f;
    if (!is_link_local(address) || (f = fopen("Z:\\proc\\net\\if_inet6", "r")) == NULL)
        return 0;
    for (int i = 0; i < 16; i++)
        sprintf(text + 2 * i, "%02x", address[i]);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, text, 32) == 0) {
            index = strtoul(line + 32, NULL, 16);
            break;
        }
    fclose(f);
    return index;
}

static DWORD read_proc(struct list *all, int type, ULONG family)
{
    static const DWORD states[] = { /* of Linux, from TCP_ESTABLISHED = 1 on */
        0, MIB_TCP_STATE_ESTAB, MIB_TCP_STATE_SYN_SENT, MIB_TCP_STATE_SYN_RCVD, MIB_TCP_STATE_FIN_WAIT1,
        MIB_TCP_STATE_FIN_WAIT2, MIB_TCP_STATE_TIME_WAIT, MIB_TCP_STATE_CLOSED, MIB_TCP_STATE_CLOSE_WAIT,
        MIB_TCP_STATE_LAST_ACK, MIB_TCP_STATE_LISTEN, MIB_TCP_STATE_CLOSING, MIB_TCP_STATE_SYN_RCVD};
    char line[512], path[32], local[33], remote[33];
    unsigned local_port, remote_port, state;
    snprintf(path, sizeof path, "Z:\\proc\\net\\%s%s", type == SOCK_DGRAM ? "udp" : "tcp", family == AF_INET6 ? "6" : "");
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return family == AF_INET ? ERROR_FILE_NOT_FOUND : NO_ERROR; /* Linux may have no IPv6 */
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, " %*[0-9]: %32[0-9A-F]:%x %32[0-9A-F]:%x %x", local, &local_port, remote, &remote_port, &state) != 5)
            continue; /* the heading */
        struct sock *s = add(all);
        if (s == NULL) {
            fclose(f);
            return ERROR_OUTOFMEMORY;
        }
        read_address(s->ends.local, local);
        put_port(s->ends.local_port, local_port);
        s->local_scope = family == AF_INET6 ? interface_of(s->ends.local) : 0;
        if (type == SOCK_DGRAM)
            continue;
        read_address(s->ends.remote, remote);
        put_port(s->ends.remote_port, remote_port);
        s->remote_scope = is_link_local(s->ends.remote) ? s->local_scope : 0;
        s->state = state < sizeof states / sizeof *states ? states[state] : 0;
    }
    fclose(f);
    return NO_ERROR;
}

/* --- the owners: the processes of Wine that have a handle of the socket */

struct handle { /* SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX */
    void *object;
    ULONG_PTR pid, value;
    ULONG access;
    USHORT backtrace, type;
    ULONG attributes, reserved;
};

struct handles { /* SYSTEM_HANDLE_INFORMATION_EX */
    ULONG_PTR n, reserved;
    struct handle list[];
};

static struct handles *all_handles(void)
{
    const SYSTEM_INFORMATION_CLASS extended_handles = 64; /* SystemExtendedHandleInformation */
    for (ULONG room = 1 << 18;; room *= 2) {
        struct handles *h = malloc(room);
        if (h == NULL)
            return NULL;
        if (NtQuerySystemInformation(extended_handles, h, room, NULL) == 0)
            return h;
        free(h);
        if (room >= 1u << 30)
            return NULL;
    }
}

/* read_ends reads the endpoints of a socket, or returns 0 if it is none of this kind. */
static int read_ends(struct ends *ends, SOCKET s, int type, ULONG family)
{
    struct sockaddr_in6 local, remote;
    int size = sizeof local, its_type, type_size = sizeof its_type;
    memset(&remote, 0, sizeof remote);
    memset(ends, 0, sizeof *ends);
    if (getsockname(s, (struct sockaddr *)&local, &size) != 0 || (ULONG)local.sin6_family != family ||
        getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&its_type, &type_size) != 0 || its_type != type)
        return 0;
    size = sizeof remote;
    if (type == SOCK_STREAM && getpeername(s, (struct sockaddr *)&remote, &size) != 0)
        memset(&remote, 0, sizeof remote);
    memcpy(ends->local_port, &local.sin6_port, 2);
    memcpy(ends->remote_port, &remote.sin6_port, 2);
    if (family == AF_INET) {
        memcpy(ends->local, &((struct sockaddr_in *)&local)->sin_addr, 4);
        memcpy(ends->remote, &((struct sockaddr_in *)&remote)->sin_addr, 4);
    } else {
        memcpy(ends->local, &local.sin6_addr, 16);
        memcpy(ends->remote, &remote.sin6_addr, 16);
    }
    return 1;
}

/* add_owned adds the socket behind a handle of a process, if there is one of this kind. */
static void add_owned(struct list *owned, const struct handle *h, HANDLE process, int type, ULONG family)
{
    HANDLE mine = (HANDLE)h->value;
    struct ends ends;
    if (process != NULL && !DuplicateHandle(process, (HANDLE)h->value, GetCurrentProcess(), &mine, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return;
    if (read_ends(&ends, (SOCKET)mine, type, family)) {
        struct sock *s = add(owned);
        if (s != NULL) {
            s->ends = ends;
            s->pid = (DWORD)h->pid;
        }
    }
    if (process != NULL)
        CloseHandle(mine);
}

/* all_owned lists the sockets of all processes of Wine. A socket of our own shows what the type of a
 * socket's handle is. */
static void all_owned(struct list *owned, int type, ULONG family)
{
    const DWORD self = GetCurrentProcessId();
    SOCKET probe = socket(AF_INET, SOCK_DGRAM, 0);
    struct handles *all = all_handles();
    HANDLE process = NULL;
    ULONG_PTR of = self;
    int file = -1;
    for (size_t i = 0; all != NULL && i < all->n; i++)
        if (all->list[i].pid == self && all->list[i].value == probe)
            file = all->list[i].type;
    for (size_t i = 0; all != NULL && i < all->n; i++) {
        const struct handle *h = &all->list[i];
        if (h->type != file || h->value == probe)
            continue;
        if (h->pid != of) {
            if (process != NULL)
                CloseHandle(process);
            of = h->pid;
            process = of == self ? NULL : OpenProcess(PROCESS_DUP_HANDLE, FALSE, (DWORD)of);
        }
        if (process != NULL || of == self)
            add_owned(owned, h, process, type, family);
    }
    if (process != NULL)
        CloseHandle(process);
    closesocket(probe);
    free(all);
}

static void find_owners(struct list *all, int type, ULONG family)
{
    struct list owned = {0};
    WSADATA data;
    if (all->n == 0 || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return;
    all_owned(&owned, type, family);
    WSACleanup();
    if (owned.n != 0)
        qsort(owned.socks, owned.n, sizeof *owned.socks, compare_ends);
    for (size_t i = 0; owned.n != 0 && i < all->n; i++) {
        struct sock *s = &all->socks[i];
        const struct sock *owner = bsearch(s, owned.socks, owned.n, sizeof *owned.socks, compare_ends);
        if (owner != NULL && s->state != MIB_TCP_STATE_TIME_WAIT) /* TIME-WAIT belongs to nobody */
            s->pid = owner->pid;
    }
    free(owned.socks);
}
