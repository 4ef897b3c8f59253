package io.agnes.server.cli;

import io.agnes.core.AgnesException;

/** What a process ends with, after sysexits.h where that has a word for it. */
final class ExitCode {
    static final int FAILED = 1;
    /** Some tables of a run failed, others did not. */
    static final int PARTIAL = 2;

    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int BUG = 70;
    static final int DIRECTORY = 73;
    static final int REFUSED = 77;
    static final int SETTINGS = 78;

    private ExitCode() {}

    static int of(AgnesException e) {
        return switch (e.code()) {
            case "directory_held", "directory_unusable", "temp_dir_elsewhere" -> DIRECTORY;
            case "port_in_use", "server_unreachable" -> UNAVAILABLE;
            case "unauthenticated", "forbidden" -> REFUSED;
            case "setting_unknown",
                    "setting_invalid",
                    "settings_unreadable",
                    "too_few_resources",
                    "registry_unopenable",
                    "registry_incomplete",
                    "registry_too_new" -> SETTINGS;
            default -> FAILED;
        };
    }
}
