/*
 * memory-op: HYPERVISOR_memory_op as an unprivileged PV domain.
 *
 * Rationale: ballooning, exchange for contiguous memory, and the questions that Linux asks at boot.
 * Frame numbers differ from run to run, so only relations between them are printed.
 */
#include "probe.h"

static xen_pfn_t frames[8];

static long reservation(unsigned cmd, unsigned count, unsigned order, domid_t domid)
{
    struct xen_memory_reservation request = {
        .nr_extents = count, .extent_order = order, .domid = domid,
    };

    set_xen_guest_handle(request.extent_start, frames);
    return HYPERVISOR_memory_op(cmd, &request);
}

static long pages_now(void)
{
    domid_t self = DOMID_SELF;

    return HYPERVISOR_memory_op(XENMEM_current_reservation, &self);
}

static void questions(void)
{
    domid_t self = DOMID_SELF, none = 32000, zero = 0;
    struct xen_machphys_mapping mapping;
    struct xen_machphys_mfn_list list = { .max_extents = 2 };
    struct xen_memory_map map = { .nr_entries = 4 };
    static struct { uint64_t address, size; uint32_t type; } __attribute__((packed)) entries[4];
    static xen_pfn_t m2p[2];
    long maximum = HYPERVISOR_memory_op(XENMEM_maximum_reservation, &self);

    report_check("current reservation", pages_now() == (long)start_info->nr_pages);
    report_check("maximum reservation", maximum >= (long)start_info->nr_pages);
    report_check("maximum ram page", HYPERVISOR_memory_op(XENMEM_maximum_ram_page, 0) > 0);
    report_result("current reservation of no domain",
                  HYPERVISOR_memory_op(XENMEM_current_reservation, &none));
    report_result("current reservation of domain 0",
                  HYPERVISOR_memory_op(XENMEM_current_reservation, &zero));
    report_result("maximum gpfn", HYPERVISOR_memory_op(XENMEM_maximum_gpfn, &self) > 0 ? 0 : -1);
    report_result("machphys_mapping", HYPERVISOR_memory_op(XENMEM_machphys_mapping, &mapping));
    printf("from %lx to %lx\n", mapping.v_start, mapping.v_end);
    report_check("largest frame", mapping.max_mfn > 0);
    set_xen_guest_handle(list.extent_start, m2p);
    report_result("machphys_mfn_list", HYPERVISOR_memory_op(XENMEM_machphys_mfn_list, &list));
    report_check("at least one", list.nr_extents >= 1 && list.nr_extents <= 2);
    report_result("machphys_compat_mfn_list",
                  HYPERVISOR_memory_op(XENMEM_machphys_compat_mfn_list, &list));
    set_xen_guest_handle(map.buffer, entries);
    report_result("memory_map", HYPERVISOR_memory_op(XENMEM_memory_map, &map));
    if ( !is_initial_domain() )
        printf("entries %u, the first from %lx, bytes beyond the domain's pages %ld, type %u\n",
               map.nr_entries, entries[0].address,
               (int64_t)(entries[0].size - (start_info->nr_pages << PAGE_SHIFT)), entries[0].type);
    report_result("machine_memory_map", HYPERVISOR_memory_op(XENMEM_machine_memory_map, &map));
    report_result("unknown sub-operation", HYPERVISOR_memory_op(60, &map));
    report_result("bad pointer", HYPERVISOR_memory_op(XENMEM_decrease_reservation, (void *)8));
    report_result("bad pointer to a domain",
                  HYPERVISOR_memory_op(XENMEM_current_reservation, (void *)8));
}

static void balloon(void)
{
    char *page = alloc_page(), *mapped = alloc_page();
    uint64_t pfn = virt_to_pfn(page), mfn = virt_to_mfn(page);
    long before = pages_now();

    set_pte(page, 0);
    frames[0] = mfn;
    report_result("decrease, one page", reservation(XENMEM_decrease_reservation, 1, 0, DOMID_SELF));
    report_value("pages less", (uint64_t)(before - pages_now()));
    frames[0] = mfn;
    report_result("the same again", reservation(XENMEM_decrease_reservation, 1, 0, DOMID_SELF));
    report_result("map it", set_pte(page, make_pte(mfn, PTE_KERNEL)));
    frames[0] = 0xfffffffffUL;
    report_result("decrease, no frame", reservation(XENMEM_decrease_reservation, 1, 0, DOMID_SELF));
    frames[0] = virt_to_mfn(mapped);
    report_result("decrease, a mapped page",
                  reservation(XENMEM_decrease_reservation, 1, 0, DOMID_SELF));
    report_value("pages less", (uint64_t)(before - pages_now()));
    set_pte(mapped, 0);
    report_value("pages less after it was unmapped", (uint64_t)(before - pages_now()));

    frames[0] = pfn;
    report_result("populate", reservation(XENMEM_populate_physmap, 1, 0, DOMID_SELF));
    report_value("pages less", (uint64_t)(before - pages_now()));
    report_check("m2p of the new frame", mfn_to_pfn(frames[0]) == pfn);
    report_result("map it", set_pte(page, make_pte(frames[0], PTE_KERNEL)));
    report_value("first word", *(volatile uint64_t *)page);
    report_result("increase", reservation(XENMEM_increase_reservation, 1, 0, DOMID_SELF));
    report_value("pages less", (uint64_t)(before - pages_now()));
    report_result("decrease, none", reservation(XENMEM_decrease_reservation, 0, 0, DOMID_SELF));
    report_result("populate, far too large", reservation(XENMEM_populate_physmap, 1, 30, DOMID_SELF));
    report_result("increase, order 10", reservation(XENMEM_increase_reservation, 1, 10, DOMID_SELF));
    report_result("increase for no domain", reservation(XENMEM_increase_reservation, 1, 0, 32000));
    report_result("increase for domain 0", reservation(XENMEM_increase_reservation, 1, 0, 0));
}

static void exchange(void)
{
    char *page = alloc_page();
    xen_pfn_t in = virt_to_mfn(page), out = virt_to_pfn(page);
    struct xen_memory_exchange request;

    memset(&request, 0, sizeof(request));
    request.in.nr_extents = 1;
    request.in.domid = DOMID_SELF;
    request.out.nr_extents = 1;
    request.out.domid = DOMID_SELF;
    set_xen_guest_handle(request.in.extent_start, &in);
    set_xen_guest_handle(request.out.extent_start, &out);
    report_result("exchange of a mapped page", HYPERVISOR_memory_op(XENMEM_exchange, &request));
    report_value("exchanged", request.nr_exchanged);
    set_pte(page, 0);
    request.nr_exchanged = 0;
    in = virt_to_mfn(page);
    out = virt_to_pfn(page);
    report_result("exchange", HYPERVISOR_memory_op(XENMEM_exchange, &request));
    report_value("exchanged", request.nr_exchanged);
    report_check("m2p of the new frame", mfn_to_pfn(out) == virt_to_pfn(page));
    report_result("map it", set_pte(page, make_pte(out, PTE_KERNEL)));
    request.nr_exchanged = 0;
    request.out.nr_extents = 2;
    report_result("sizes that differ", HYPERVISOR_memory_op(XENMEM_exchange, &request));
    request.out.nr_extents = 1;
    request.in.domid = 32000;
    report_result("no such domain", HYPERVISOR_memory_op(XENMEM_exchange, &request));
    request.in.domid = DOMID_SELF;
    request.nr_exchanged = 2;
    report_result("more done than asked", HYPERVISOR_memory_op(XENMEM_exchange, &request));
    request.nr_exchanged = 0;
    in = 0xfffffffffUL;
    report_result("exchange of no frame", HYPERVISOR_memory_op(XENMEM_exchange, &request));
}

static void privileged(void)
{
    struct xen_add_to_physmap add = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info };
    struct xen_remove_from_physmap remove = { .domid = DOMID_SELF };
    struct xen_foreign_memory_map map = { .domid = DOMID_SELF };
    static char zeros[64];

    report_result("add_to_physmap", HYPERVISOR_memory_op(XENMEM_add_to_physmap, &add));
    report_result("remove_from_physmap", HYPERVISOR_memory_op(XENMEM_remove_from_physmap, &remove));
    report_result("set_memory_map", HYPERVISOR_memory_op(XENMEM_set_memory_map, &map));
    report_result("get_vnumainfo", HYPERVISOR_memory_op(XENMEM_get_vnumainfo, zeros));
}

void guest_main(void)
{
    questions();
    balloon();
    exchange();
    privileged();
}
