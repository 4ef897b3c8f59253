package io.agnes.server.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows on a terminal how far a download is, and nothing anywhere else. For one thread. */
final class ProgressMeter {
    private static final long MIB = 1L << 20;
    private static final int UPDATE_MILLIS = 200;

    private final boolean terminal;
    private @Nullable ProgressBar bar;

    ProgressMeter(boolean terminal) {
        this.terminal = terminal;
    }

    /** For wherever the output goes; the launcher knows, while a JVM cannot tell on every release. */
    static ProgressMeter onTerminal() {
        return new ProgressMeter(Boolean.getBoolean("agnes.terminal"));
    }

    void start(String name, long bytes, long have) {
        if (terminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(bytes)
                    .setUnit(" MiB", MIB)
                    .showSpeed()
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(UPDATE_MILLIS)
                    .startsFrom(have, java.time.Duration.ZERO)
                    .build();
        }
    }

    void advance(long bytes) {
        if (bar != null) {
            bar.stepBy(bytes);
        }
    }

    void end() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
