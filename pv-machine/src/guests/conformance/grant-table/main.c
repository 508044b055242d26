/*
 * grant-table: HYPERVISOR_grant_table_op with grants of the domain to itself.
 *
 * Rationale: block and network devices stand on it. Versions 1 and 2: sizes, set-up, flags that the
 * map and copy leave in the entry, and the status code for each wrong request.
 */
#include "probe.h"

#define FRAMES 4

static uint64_t table_frames[32];
static grant_entry_v1_t *entries;
static char *area, *granted, *window;

static const char *status_name(int status)
{
    switch ( status )
    {
    case GNTST_okay: return "okay";
    case GNTST_general_error: return "general_error";
    case GNTST_bad_domain: return "bad_domain";
    case GNTST_bad_gntref: return "bad_gntref";
    case GNTST_bad_handle: return "bad_handle";
    case GNTST_bad_virt_addr: return "bad_virt_addr";
    case GNTST_bad_dev_addr: return "bad_dev_addr";
    case GNTST_no_device_space: return "no_device_space";
    case GNTST_permission_denied: return "permission_denied";
    case GNTST_bad_page: return "bad_page";
    case GNTST_bad_copy_arg: return "bad_copy_arg";
    case GNTST_address_too_big: return "address_too_big";
    case GNTST_eagain: return "eagain";
    case GNTST_no_space: return "no_space";
    }
    return "other";
}

static void report_status(const char *what, long result, int status)
{
    if ( result )
        report_result(what, result);
    else
        printf("%s: %s\n", what, status_name(status));
}

static domid_t self(void)
{
    /* An unbound channel for DOMID_SELF tells the number. */
    struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_status status = { .dom = DOMID_SELF };
    struct evtchn_close close;

    HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
    status.port = close.port = alloc.port;
    HYPERVISOR_event_channel_op(EVTCHNOP_status, &status);
    HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
    return status.u.unbound.dom;
}

static void setup(void)
{
    struct gnttab_query_size size = { .dom = DOMID_SELF };
    struct gnttab_setup_table table = { .dom = DOMID_SELF, .nr_frames = FRAMES };
    struct gnttab_get_version version = { .dom = DOMID_SELF };
    long result;

    result = HYPERVISOR_grant_table_op(GNTTABOP_query_size, &size, 1);
    report_status("query_size", result, size.status);
    printf("frames %u, at least 4 at most: %s\n", size.nr_frames, size.max_nr_frames >= 4 ? "ok" : "no");
    size.dom = 32000;
    result = HYPERVISOR_grant_table_op(GNTTABOP_query_size, &size, 1);
    report_status("query_size of no domain", result, size.status);
    result = HYPERVISOR_grant_table_op(GNTTABOP_get_version, &version, 1);
    report_result("get_version", result);
    report_value("version", version.version);
    set_xen_guest_handle(table.frame_list, table_frames);
    result = HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &table, 1);
    report_status("setup_table", result, table.status);
    for ( unsigned i = 0; i < FRAMES; i++ )
        report_result("map a table frame", set_pte(area + i * PAGE_SIZE, make_pte(table_frames[i], PTE_KERNEL)));
    entries = (grant_entry_v1_t *)area;
    table.nr_frames = 100000;
    result = HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &table, 1);
    report_status("setup_table, too many", result, table.status);
    table.nr_frames = 1;
    table.dom = 32000;
    result = HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &table, 1);
    report_status("setup_table of no domain", result, table.status);
    table.dom = DOMID_SELF;
    result = HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &table, 2);
    report_result("setup_table, two at once", result);
    report_result("unknown sub-operation", HYPERVISOR_grant_table_op(99, &table, 1));
    report_result("bad pointer", HYPERVISOR_grant_table_op(GNTTABOP_query_size, (void *)8, 1));
    report_result("none", HYPERVISOR_grant_table_op(GNTTABOP_query_size, &size, 0));
}

static void grant(unsigned ref, domid_t domid, void *page, uint16_t flags)
{
    entries[ref].domid = domid;
    entries[ref].frame = (uint32_t)virt_to_mfn(page);
    __sync_synchronize();
    entries[ref].flags = flags;
}

static struct gnttab_map_grant_ref map(const char *what, unsigned ref, domid_t domid, unsigned flags,
                                       void *at)
{
    struct gnttab_map_grant_ref request = {
        .host_addr = (uint64_t)at, .flags = flags, .ref = ref, .dom = domid,
    };
    long result = HYPERVISOR_grant_table_op(GNTTABOP_map_grant_ref, &request, 1);

    report_status(what, result, request.status);
    return request;
}

static void unmap(const char *what, uint32_t handle, void *at)
{
    struct gnttab_unmap_grant_ref request = { .host_addr = (uint64_t)at, .handle = handle };
    long result = HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref, &request, 1);

    report_status(what, result, request.status);
}

static void maps(domid_t me)
{
    struct gnttab_map_grant_ref first, second;

    set_pte(window, 0);
    *(uint64_t *)granted = 0xfeed;
    map("map an empty entry", 9, me, GNTMAP_host_map, window);
    grant(9, me, granted, GTF_permit_access);
    first = map("map", 9, me, GNTMAP_host_map, window);
    if ( first.status )
        return;
    report_value("read", *(volatile uint64_t *)window);
    *(volatile uint64_t *)window = 0xbeef;
    report_value("written", *(uint64_t *)granted);
    report_value("flags", entries[9].flags);
    report_value("entry's flags", *page_entry(window, 1) & ~PTE_ADDRESS & ~(PTE_A | PTE_D));
    unmap("unmap, wrong handle", first.handle + 100, window);
    unmap("unmap, wrong address", first.handle, window + PAGE_SIZE);
    unmap("unmap", first.handle, window);
    unmap("unmap twice", first.handle, window);
    report_value("flags", entries[9].flags);
    probe_page = window;
    REPORT("read after unmap", PROBE("movb (%0), %%al", : : "r"(window) : "rax"));

    first = map("map read only", 9, me, GNTMAP_host_map | GNTMAP_readonly, window);
    report_value("flags", entries[9].flags);
    REPORT("write", PROBE("movb $1, (%0)", : : "r"(window)));
    second = map("map a second time", 9, me, GNTMAP_host_map, window + PAGE_SIZE);
    report_value("flags", entries[9].flags);
    unmap("unmap the writable one", second.handle, window + PAGE_SIZE);
    report_value("flags", entries[9].flags);
    unmap("unmap the other", first.handle, window);
    report_value("flags", entries[9].flags);

    grant(10, me, granted, GTF_permit_access | GTF_readonly);
    map("map a read-only grant writable", 10, me, GNTMAP_host_map, window);
    first = map("map it read only", 10, me, GNTMAP_host_map | GNTMAP_readonly, window);
    unmap("unmap", first.handle, window);
    grant(11, 32000, granted, GTF_permit_access);
    map("map another domain's", 11, me, GNTMAP_host_map, window);
    grant(12, me, granted, GTF_accept_transfer);
    map("map a transfer entry", 12, me, GNTMAP_host_map, window);
    grant(13, me, kernel_l4(), GTF_permit_access);
    map("map a page table writable", 13, me, GNTMAP_host_map, window);
    entries[14] = entries[9];
    entries[14].frame = 0xfffffff;
    map("map no frame", 14, me, GNTMAP_host_map, window);
    map("reference out of range", 1000000, me, GNTMAP_host_map, window);
    map("no such domain", 9, 32000, GNTMAP_host_map, window);
    map("neither host nor device map", 9, me, 0, window);
    map("address without a table", 9, me, GNTMAP_host_map, (void *)0x700000000000UL);
}

static void copy(const char *what, struct gnttab_copy request)
{
    long result = HYPERVISOR_grant_table_op(GNTTABOP_copy, &request, 1);

    report_status(what, result, request.status);
}

static void copies(domid_t me)
{
    char *from = alloc_page(), *to = alloc_page();
    struct gnttab_copy request;

    memset(from, 0x11, PAGE_SIZE);
    memset(&request, 0, sizeof(request));
    grant(20, me, from, GTF_permit_access | GTF_readonly);
    grant(21, me, to, GTF_permit_access);
    request.source.u.ref = 20;
    request.source.domid = me;
    request.dest.u.gmfn = virt_to_mfn(to);
    request.dest.domid = DOMID_SELF;
    request.dest.offset = 100;
    request.source.offset = 200;
    request.len = 300;
    request.flags = GNTCOPY_source_gref;
    copy("from a grant", request);
    printf("bytes %x %x %x %x\n", to[99], to[100], to[399], to[400]);
    request.dest.u.ref = 21;
    request.dest.domid = me;
    request.dest.offset = 1000;
    request.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref;
    copy("from a grant to a grant", request);
    printf("bytes %x %x %x %x\n", to[999], to[1000], to[1299], to[1300]);
    report_value("flags of the source", entries[20].flags);
    report_value("flags of the target", entries[21].flags);
    request.len = 4000;
    copy("beyond the target's end", request);
    request.len = 300;
    request.source.offset = 4000;
    copy("beyond the source's end", request);
    request.source.offset = 0;
    request.dest.u.ref = 20;
    copy("to a read-only grant", request);
    request.dest.u.ref = 22;
    copy("to an empty entry", request);
    request.dest.u.ref = 1000000;
    copy("to a reference out of range", request);
    request.dest.u.ref = 21;
    request.source.domid = 32000;
    copy("from no domain", request);
    request.source.domid = DOMID_SELF;
    request.source.u.gmfn = virt_to_mfn(from);
    request.flags = GNTCOPY_dest_gref;
    copy("from a frame to a grant", request);
    request.source.u.gmfn = 0xfffffffffUL;
    copy("from no frame", request);
    request.source.u.gmfn = virt_to_mfn(from);
    request.flags = 0;
    request.dest.domid = DOMID_SELF;
    request.dest.u.gmfn = virt_to_mfn(to);
    copy("from a frame to a frame", request);
    request.dest.u.gmfn = virt_to_mfn(kernel_l4());
    copy("to a page table", request);
    request.len = 0;
    request.dest.u.gmfn = virt_to_mfn(to);
    copy("nothing", request);
}

static void version(unsigned wanted)
{
    struct gnttab_set_version request = { .version = wanted };
    long result = HYPERVISOR_grant_table_op(GNTTABOP_set_version, &request, 1);

    printf("set_version %u: %s", wanted, result_name(result));
    printf(", now %u\n", request.version);
}

static void version2(domid_t me)
{
    grant_entry_v2_t *v2 = (grant_entry_v2_t *)area;
    struct gnttab_get_status_frames frames = { .dom = DOMID_SELF, .nr_frames = 1 };
    struct gnttab_get_version get = { .dom = DOMID_SELF };
    struct gnttab_map_grant_ref mapped;
    static uint64_t status_frames[32];
    grant_status_t *status = (grant_status_t *)(window + 2 * PAGE_SIZE);
    long result;

    version(3);
    version(2);
    result = HYPERVISOR_grant_table_op(GNTTABOP_get_version, &get, 1);
    report_result("get_version", result);
    report_value("version", get.version);
    if ( get.version != 2 )
        return;
    set_xen_guest_handle(frames.frame_list, status_frames);
    result = HYPERVISOR_grant_table_op(GNTTABOP_get_status_frames, &frames, 1);
    report_status("get_status_frames", result, frames.status);
    report_result("map the status frame",
                  set_pte(status, make_pte(status_frames[0], PTE_KERNEL)));
    memset(&v2[9], 0, sizeof(v2[9]));
    v2[9].full_page.hdr.domid = me;
    v2[9].full_page.frame = virt_to_mfn(granted);
    __sync_synchronize();
    v2[9].hdr.flags = GTF_permit_access;
    mapped = map("map", 9, me, GNTMAP_host_map, window);
    if ( !mapped.status )
    {
        report_value("flags", v2[9].hdr.flags);
        report_value("status", status[9]);
        unmap("unmap", mapped.handle, window);
        report_value("status", status[9]);
    }
    v2[15].sub_page.hdr.domid = me;
    v2[15].sub_page.frame = virt_to_mfn(granted);
    v2[15].sub_page.page_off = 64;
    v2[15].sub_page.length = 128;
    __sync_synchronize();
    v2[15].hdr.flags = GTF_permit_access | GTF_sub_page;
    map("map a sub-page grant", 15, me, GNTMAP_host_map, window);
    struct gnttab_copy request;
    memset(&request, 0, sizeof(request));
    request.source.u.ref = 15;
    request.source.domid = me;
    request.source.offset = 64;
    request.dest.u.gmfn = virt_to_mfn(granted);
    request.dest.domid = DOMID_SELF;
    request.dest.offset = 2048;
    request.len = 128;
    request.flags = GNTCOPY_source_gref;
    copy("copy from a sub-page", request);
    request.len = 129;
    copy("beyond the sub-page", request);
    request.len = 1;
    request.source.offset = 63;
    copy("before the sub-page", request);
    version(1);
    report_result("unmap the status frame", set_pte(status, 0));
    version(1);
}

/* What cannot be unmapped again, and then keeps the version from being changed. */
static void left_mapped(domid_t me)
{
    struct gnttab_map_grant_ref first;

    grant(9, me, granted, GTF_permit_access);
    map("address not aligned", 9, me, GNTMAP_host_map, window + 8);
    /* Ordinary unmapping by the guest leaves the handle behind. */
    first = map("map", 9, me, GNTMAP_host_map, window);
    report_result("clear the entry", set_pte(window, 0));
    unmap("unmap", first.handle, window);
    report_value("flags", entries[9].flags);
    version(2);
}

static void others(void)
{
    struct gnttab_swap_grant_ref swap = { .ref_a = 30, .ref_b = 31 };
    struct gnttab_dump_table dump = { .dom = DOMID_SELF };
    struct gnttab_cache_flush flush = { .op = 0 };
    struct gnttab_transfer transfer = { .mfn = 0xfffffffffUL, .domid = 32000 };
    long result;

    result = HYPERVISOR_grant_table_op(GNTTABOP_swap_grant_ref, &swap, 1);
    report_status("swap_grant_ref", result, swap.status);
    result = HYPERVISOR_grant_table_op(GNTTABOP_dump_table, &dump, 1);
    report_status("dump_table", result, dump.status);
    report_result("cache_flush of nothing", HYPERVISOR_grant_table_op(GNTTABOP_cache_flush, &flush, 1));
    result = HYPERVISOR_grant_table_op(GNTTABOP_transfer, &transfer, 1);
    report_status("transfer of no frame", result, transfer.status);
}

void guest_main(void)
{
    domid_t me = self();

    area = alloc_page();
    for ( unsigned i = 1; i < FRAMES; i++ )
        alloc_page();
    granted = alloc_page();
    window = alloc_page();
    alloc_page();
    alloc_page();
    setup();
    /* The first entries belong to the console and the xenstore. */
    maps(me);
    copies(me);
    version2(me);
    left_mapped(me);
    others();
}
