// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk that ends the process at one step of publishing. {@code -Dagnes.failpoint=STEP:N} ends it before the N-th time
 * of the step, {@code STEP+:N} after it.
 */
final class Failpoints implements FileStore {
    /** The process ends with this code and runs no shutdown hook, as after SIGKILL. */
    static final int EXIT_CODE = 137;

    static final String PROPERTY = "agnes.failpoint";

    private final FileStore disk;
    private final String step;
    private final int count;
    private final AtomicInteger taken = new AtomicInteger();

    private Failpoints(FileStore disk, String step, int count) {
        this.disk = disk;
        this.step = step;
        this.count = count;
    }

    /** The disk, with the failpoint that the system property names. */
    static FileStore over(FileStore disk) {
        String[] point = System.getProperty(PROPERTY).split(":", 2);
        return new Failpoints(disk, point[0], Integer.parseInt(point[1]));
    }

    private void reach(String reached) {
        if (reached.equals(step) && taken.incrementAndGet() == count) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        reach("mkdir");
        disk.createDirectories(directory);
        reach("mkdir+");
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        reach("create");
        return disk.create(file);
    }

    @Override
    public void sync(Path file) throws IOException {
        reach("sync");
        disk.sync(file);
        reach("sync+");
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        reach("syncdir");
        disk.syncDirectory(directory);
        // The transaction of the registry follows.
        reach("syncdir+");
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        reach("rename");
        disk.rename(from, to);
        reach("rename+");
    }

    @Override
    public void replaceCopy(Path copy, Path existing, Instant modified) throws IOException {
        // The transaction of the registry came before.
        reach("copy");
        disk.replaceCopy(copy, existing, modified);
        reach("copy+");
    }

    @Override
    public void finish(Path file, Instant modified) throws IOException {
        reach("finish");
        disk.finish(file, modified);
        reach("finish+");
    }

    @Override
    public void delete(Path file) throws IOException {
        reach("delete");
        disk.delete(file);
        reach("delete+");
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }
}
