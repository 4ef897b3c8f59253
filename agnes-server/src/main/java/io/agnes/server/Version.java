package io.agnes.server;

import java.lang.module.ModuleDescriptor;

/** Which Agnes this is. */
final class Version {
    private Version() {}

    /** As in the module descriptor. */
    static String current() {
        ModuleDescriptor module = Version.class.getModule().getDescriptor();
        return module == null ? "unknown" : module.rawVersion().orElse("unknown");
    }
}
