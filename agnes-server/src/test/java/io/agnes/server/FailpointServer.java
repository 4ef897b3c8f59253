// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.SettingsReader;
import java.util.Map;

/**
 * The main class of a server whose disk ends the process at a step of publishing. The crash bench starts it instead of
 * the program, with the same arguments: {@code serve --data-dir DIRECTORY --port PORT}.
 */
public final class FailpointServer {
    private FailpointServer() {}

    /** Starts the server and leaves it running. */
    public static void main(String[] arguments) throws Exception {
        Settings settings =
                SettingsReader.read(Map.of("data-dir", arguments[2], "port", arguments[4]), System.getenv(), null);
        FileStore disk = Failpoints.over(FileStore.system(settings.files()));
        AgnesServer.start(settings, disk, Time.system());
        Thread.currentThread().join();
    }
}
