package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.hypervisor.XenVersionText;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.HypervisorAddress;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.version.Feature;
import dev.vls.xen.abi.version.VersionLimits;
import dev.vls.xen.abi.version.XenCompileInfo;
import dev.vls.xen.abi.version.XenFeatureInfo;
import dev.vls.xen.abi.version.XenPlatformParameters;
import dev.vls.xen.abi.version.XenVersionOp;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.VmAssistType;
import java.nio.charset.StandardCharsets;

/**
 * xen_version: who the hypervisor is and what it can do (common/kernel.c). A domain without
 * privileges learns all but the command line and the build id.
 */
public final class XenVersionOps implements HypercallFamily {
    private static final int HANDLE_LENGTH = 16;

    /** What Xen says instead of what is none of the guest's business: xen_deny(). */
    private static final String DENIED = "<denied>";

    private static final String CAPABILITIES = "xen-3.0-x86_64 ";
    private static final String COMPILER = "javac";
    private static final String COMPILE_BY = "vls";
    private static final String COMPILE_DOMAIN = "vls.dev";
    private static final String COMPILE_DATE = "";
    private static final String CHANGESET = "";

    private final GuestBuffer extraVersion = new GuestBuffer(VersionLimits.EXTRAVERSION_LEN);
    private final GuestBuffer compileInfo = new GuestBuffer(XenCompileInfo.SIZE);
    private final GuestBuffer capabilities = new GuestBuffer(VersionLimits.CAPABILITIES_INFO_LEN);
    private final GuestBuffer changeset = new GuestBuffer(VersionLimits.CHANGESET_INFO_LEN);
    private final GuestBuffer platform = new GuestBuffer(XenPlatformParameters.SIZE);
    private final GuestBuffer features = new GuestBuffer(XenFeatureInfo.SIZE);
    private final GuestBuffer handle = new GuestBuffer(HANDLE_LENGTH);
    private final GuestBuffer commandLine = new GuestBuffer(VersionLimits.COMMANDLINE_LEN);

    public XenVersionOps() {
        put(extraVersion, 0, XenVersionText.EXTRA_VERSION);
        put(compileInfo, XenCompileInfo.COMPILER, COMPILER);
        put(compileInfo, XenCompileInfo.COMPILE_BY, COMPILE_BY);
        put(compileInfo, XenCompileInfo.COMPILE_DOMAIN, COMPILE_DOMAIN);
        put(compileInfo, XenCompileInfo.COMPILE_DATE, COMPILE_DATE);
        put(capabilities, 0, CAPABILITIES);
        put(changeset, 0, CHANGESET);
        platform.setLong(XenPlatformParameters.VIRT_START, HypervisorAddress.HYPERVISOR_VIRT_START);
    }

    private static void put(GuestBuffer target, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, target.bytes(), offset, bytes.length);
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.XEN_VERSION, 2, this::xenVersion, XenVersionOp::name);
    }

    private long xenVersion(Vcpu vcpu, HypercallCall call) {
        long argument = call.argument[1];
        return switch (call.intArgument(0)) {
            case XenVersionOp.VERSION -> XenVersionText.MAJOR << 16 | XenVersionText.MINOR;
            case XenVersionOp.EXTRAVERSION -> give(vcpu, argument, extraVersion);
            case XenVersionOp.COMPILE_INFO -> give(vcpu, argument, compileInfo);
            case XenVersionOp.CAPABILITIES -> give(vcpu, argument, capabilities);
            case XenVersionOp.CHANGESET -> give(vcpu, argument, changeset);
            case XenVersionOp.PLATFORM_PARAMETERS -> give(vcpu, argument, platform);
            case XenVersionOp.GET_FEATURES -> getFeatures(vcpu, argument);
            case XenVersionOp.PAGESIZE ->
                    argument != 0 ? -XenErrno.EINVAL : MachineMemory.PAGE_SIZE;
            case XenVersionOp.GUEST_HANDLE -> guestHandle(vcpu, argument);
            case XenVersionOp.COMMANDLINE -> commandLine(vcpu, argument);
            case XenVersionOp.BUILD_ID ->
                    vcpu.domain.configuration().initialDomain()
                            ? -XenErrno.ENODATA
                            : -XenErrno.EPERM;
            default -> -XenErrno.ENOSYS;
        };
    }

    private static long give(Vcpu vcpu, long argument, GuestBuffer answer) {
        return vcpu.guest.write(argument, answer) ? 0 : -XenErrno.EFAULT;
    }

    private long getFeatures(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, features)) {
            return -XenErrno.EFAULT;
        }
        if (features.getInt(XenFeatureInfo.SUBMAP_IDX) != 0) {
            return -XenErrno.EINVAL;
        }
        Domain domain = vcpu.domain;
        int map =
                1 << Feature.MEMORY_OP_VNODE_SUPPORTED
                        | 1 << Feature.MMU_PT_UPDATE_PRESERVE_AD
                        | 1 << Feature.HIGHMEM_ASSIST
                        | 1 << Feature.GNTTAB_MAP_AVAIL_BITS
                        | 1 << Feature.DIRECT_MAPPED;
        if ((domain.vmAssist >>> VmAssistType.PAE_EXTENDED_CR3 & 1) != 0) {
            map |= 1 << Feature.PAE_PGDIR_ABOVE_4GB;
        }
        if (domain.configuration().initialDomain()) {
            map |= 1 << Feature.DOM0;
        }
        features.setInt(XenFeatureInfo.SUBMAP, map);
        return give(vcpu, argument, features);
    }

    private long guestHandle(Vcpu vcpu, long argument) {
        for (int i = 0; i < HANDLE_LENGTH; i++) {
            handle.setByte(i, vcpu.domain.configuration().handle().byteAt(i));
        }
        return give(vcpu, argument, handle);
    }

    private long commandLine(Vcpu vcpu, long argument) {
        if (vcpu.domain.configuration().initialDomain()) {
            return give(vcpu, argument, commandLine);
        }
        byte[] denied = (DENIED + "\0").getBytes(StandardCharsets.US_ASCII);
        return vcpu.guest.write(argument, denied, 0, denied.length) ? 0 : -XenErrno.EFAULT;
    }
}
