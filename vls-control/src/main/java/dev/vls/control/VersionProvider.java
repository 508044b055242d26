package dev.vls.control;

import picocli.CommandLine.IVersionProvider;

/** The version of the project, and of the JVM that it runs on. */
final class VersionProvider implements IVersionProvider {
    /** This program and its version. */
    static String tool() {
        String version = Vls.class.getPackage().getImplementationVersion();
        return "vls " + (version == null ? "(unpackaged)" : version);
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            tool(), "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
