package dev.vls.control;

import picocli.CommandLine.IVersionProvider;

/** The version of the project, and of the JVM that it runs on. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Vls.class.getPackage().getImplementationVersion();
        return new String[] {
            "vls " + (version == null ? "(unpackaged)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
