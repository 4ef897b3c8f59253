// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A disk that fails at its k-th step, once or at every later step too. For use by one thread at a time. */
public final class FailingFileStore implements FileStore {
    private final FileStore disk = FileStore.system();
    private long step;
    private long failAt = Long.MAX_VALUE;
    private boolean forEver;

    /** @param k counted from 1 after this call */
    public void failAt(long k, boolean forEver) {
        this.step = 0;
        this.failAt = k;
        this.forEver = forEver;
    }

    public void heal() {
        failAt = Long.MAX_VALUE;
    }

    /** Whether the failing step has been reached. */
    public boolean failed() {
        return step >= failAt;
    }

    private void count() throws IOException {
        step++;
        if (step == failAt || (forEver && step > failAt)) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        count();
        disk.createDirectories(directory);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        count();
        return disk.create(file);
    }

    @Override
    public void sync(Path file) throws IOException {
        count();
        disk.sync(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        count();
        disk.syncDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        count();
        disk.rename(from, to);
    }

    @Override
    public void replaceCopy(Path copy, Path existing, Instant modified) throws IOException {
        count();
        disk.replaceCopy(copy, existing, modified);
    }

    @Override
    public void finish(Path file, Instant modified) throws IOException {
        count();
        disk.finish(file, modified);
    }

    @Override
    public void delete(Path file) throws IOException {
        count();
        disk.delete(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        count();
        return disk.list(directory);
    }
}
