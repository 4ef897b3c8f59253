package io.agnes.server;

import io.agnes.core.Time;
import io.agnes.core.sync.TableSource;
import io.agnes.server.settings.Settings;
import java.util.Deque;
import java.util.List;

/** Which sources the settings ask for. */
final class Sources {
    private Sources() {}

    /** @param opened what has to be closed is pushed here */
    static List<TableSource> of(Settings settings, Time time, Deque<AutoCloseable> opened) {
        return List.of();
    }
}
