// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.AgnesException;

/** The exit codes of the process. They have the names and values of sysexits.h where it defines them. */
final class ExitCode {
    static final int FAILED = 1;
    /** Some tables of a run failed, and others did not. */
    static final int PARTIAL = 2;

    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int BUG = 70;
    static final int DIRECTORY = 73;
    static final int PROTOCOL = 76;
    static final int REFUSED = 77;
    static final int SETTINGS = 78;

    private ExitCode() {}

    static int of(AgnesException e) {
        if (e instanceof CommandException answered && answered.status() != 0) {
            // The server chooses the code of the problem, so the code must not decide the exit code.
            return answered.status() == 401 || answered.status() == 403 ? REFUSED : FAILED;
        }
        return switch (e.code()) {
            case "directory_held", "directory_unusable", "temp_dir_elsewhere", "output_unusable" -> DIRECTORY;
            case "port_in_use", "server_unreachable", "run_too_long" -> UNAVAILABLE;
            case "answer_malformed" -> PROTOCOL;
            case "address_invalid", "token_invalid" -> USAGE;
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
