/*
 * callbacks: HYPERVISOR_callback_op, set_trap_table and nmi_op.
 *
 * Rationale: where Xen enters the guest. Checked: which registrations are refused, that addresses
 * are validated, what a trap does without a handler in the table, and who may ask for NMIs.
 */
#include "probe.h"

static void callback(const char *what, unsigned type, unsigned flags, uint64_t address)
{
    struct callback_register request = {
        .type = (uint16_t)type, .flags = (uint16_t)flags, .address = address,
    };

    report_result(what, HYPERVISOR_callback_op(CALLBACKOP_register, &request));
}

static void unregister(const char *what, unsigned type)
{
    struct callback_unregister request = { .type = (uint16_t)type };

    report_result(what, HYPERVISOR_callback_op(CALLBACKOP_unregister, &request));
}

static void callbacks(void)
{
    callback("event", CALLBACKTYPE_event, 0, (uint64_t)event_entry);
    callback("event, non-canonical", CALLBACKTYPE_event, 0, 0x900000000000UL);
    callback("event, xen's", CALLBACKTYPE_event, 0, 0xffff830000000000UL);
    callback("event again", CALLBACKTYPE_event, 0, (uint64_t)event_entry);
    callback("failsafe", CALLBACKTYPE_failsafe, 0, (uint64_t)failsafe_entry);
    callback("failsafe that masks events", CALLBACKTYPE_failsafe, CALLBACKF_mask_events,
             (uint64_t)failsafe_entry);
    callback("syscall", CALLBACKTYPE_syscall, 0, (uint64_t)syscall_entry);
    callback("sysenter", CALLBACKTYPE_sysenter, 0, (uint64_t)sysenter_entry);
    callback("syscall32", CALLBACKTYPE_syscall32, 0, (uint64_t)syscall32_entry);
    callback("sysenter, deprecated number", CALLBACKTYPE_sysenter_deprecated, 0,
             (uint64_t)sysenter_entry);
    callback("nmi", CALLBACKTYPE_nmi, 0, (uint64_t)nmi_entry);
    callback("type 6", 6, 0, (uint64_t)event_entry);
    callback("type 99", 99, 0, (uint64_t)event_entry);
    unregister("unregister event", CALLBACKTYPE_event);
    unregister("unregister failsafe", CALLBACKTYPE_failsafe);
    unregister("unregister syscall", CALLBACKTYPE_syscall);
    unregister("unregister sysenter", CALLBACKTYPE_sysenter);
    unregister("unregister syscall32", CALLBACKTYPE_syscall32);
    unregister("unregister nmi", CALLBACKTYPE_nmi);
    unregister("unregister nmi again", CALLBACKTYPE_nmi);
    unregister("unregister type 99", 99);
    report_result("bad pointer", HYPERVISOR_callback_op(CALLBACKOP_register, (void *)8));
    report_result("unknown sub-operation", HYPERVISOR_callback_op(9, boot_stack));
    report_result("set_callbacks", H3(__HYPERVISOR_set_callbacks, event_entry, failsafe_entry,
                                      syscall_entry));
}

static volatile unsigned nmis;

static void on_nmi(struct frame *frame)
{
    nmis++;
}

static void nmi(void)
{
    struct xennmi_callback request = { .handler_address = (unsigned long)nmi_entry };

    set_trap_handler(VECTOR_NMI_CALLBACK, on_nmi);
    report_result("nmi_op register", HYPERVISOR_nmi_op(XENNMI_register_callback, &request));
    report_result("send_nmi to itself", HYPERVISOR_vcpu_op(VCPUOP_send_nmi, 0, 0));
    report_value("nmis", nmis);
    events_disable();
    report_result("send_nmi, events masked", HYPERVISOR_vcpu_op(VCPUOP_send_nmi, 0, 0));
    report_value("nmis", nmis);
    report_result("send_nmi to no vcpu", HYPERVISOR_vcpu_op(VCPUOP_send_nmi, 77, 0));
    report_result("nmi_op unregister", HYPERVISOR_nmi_op(XENNMI_unregister_callback, 0));
    report_result("send_nmi without a handler", HYPERVISOR_vcpu_op(VCPUOP_send_nmi, 0, 0));
    report_value("nmis", nmis);
    request.handler_address = 0x900000000000UL;
    report_result("nmi_op register, non-canonical",
                  HYPERVISOR_nmi_op(XENNMI_register_callback, &request));
    report_result("nmi_op, bad pointer", HYPERVISOR_nmi_op(XENNMI_register_callback, (void *)8));
    report_result("nmi_op, unknown", HYPERVISOR_nmi_op(9, &request));
}

static long trap(unsigned vector, unsigned flags, unsigned cs, uint64_t address)
{
    struct trap_info table[2];

    memset(table, 0, sizeof(table));
    table[0].vector = (uint8_t)vector;
    table[0].flags = (uint8_t)flags;
    table[0].cs = (uint16_t)cs;
    table[0].address = address;
    return HYPERVISOR_set_trap_table(table);
}

static void trap_table(void)
{
    report_result("trap", trap(6, 0, FLAT_KERNEL_CS, (uint64_t)exception_stubs[6]));
    report_result("trap, cs 0", trap(6, 0, 0, (uint64_t)exception_stubs[6]));
    report_result("trap, xen's cs", trap(6, 0, 0xe008, (uint64_t)exception_stubs[6]));
    report_result("trap, rpl 0", trap(6, 0, 0xe030, (uint64_t)exception_stubs[6]));
    REPORT("ud2", PROBE("ud2", : :));
    report_result("trap, non-canonical address", trap(6, 0, FLAT_KERNEL_CS, 0x900000000000UL));
    report_result("trap, xen's address", trap(6, 0, FLAT_KERNEL_CS, 0xffff830000000000UL));
    report_result("trap back", trap(6, 0, FLAT_KERNEL_CS, (uint64_t)exception_stubs[6]));
    report_result("trap, all flags", trap(6, 0xff, FLAT_KERNEL_CS, (uint64_t)exception_stubs[6]));
    REPORT("ud2", PROBE("ud2", : :));
    report_value("upcall mask after it", this_vcpu_info()->evtchn_upcall_mask);
    report_result("bad pointer", HYPERVISOR_set_trap_table((void *)8));
    report_result("xen's pointer", HYPERVISOR_set_trap_table((void *)0xffff830000000000UL));
    report_result("no table", HYPERVISOR_set_trap_table(0));
    traps_init();
    REPORT("ud2 with a new table", PROBE("ud2", : :));
}

void guest_main(void)
{
    callbacks();
    nmi();
    trap_table();
}
