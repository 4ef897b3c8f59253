// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import static java.util.Objects.requireNonNull;

import io.agnes.core.CoreException;
import io.agnes.core.file.FileStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Objects as files below a directory, each under its name. A new object is written to a file of its own, synced, and linked
 * under its name in one step, which fails if the name is taken. Two things differ from a bucket: a name cannot be both an
 * object and the directory of others, and a segment may have as many bytes as the file system allows. Symbolic links are not
 * followed and not listed. Files must not be changed by other programs.
 */
public final class LocalObjectStore implements ObjectStore {
    private static final String STAGING = ObjectNames.RESERVED + "staging";

    private final FileStore files;
    private final Path root;

    private LocalObjectStore(FileStore files, Path root) {
        this.files = files;
        this.root = root;
    }

    /**
     * Opens the store, and removes what a process that ended left of unfinished objects. One process at a time has it.
     *
     * @param root made if it does not exist
     */
    public static LocalObjectStore of(FileStore files, Path root) throws IOException {
        files.createDirectories(root);
        Path real = root.toRealPath();
        files.deleteTree(real.resolve(STAGING));
        files.createDirectories(real.resolve(STAGING));
        return new LocalObjectStore(files, real);
    }

    @Override
    public ObjectPage list(String prefix, Optional<String> from, int most) throws IOException {
        if (most < 1 || most > MOST_LISTED) {
            throw new IllegalArgumentException("a page has 1 to " + MOST_LISTED + " objects, not " + most);
        }
        Listing listing = new Listing(prefix, from.orElse(""), most + 1);
        Files.walkFileTree(root, listing);
        List<StoredObject> found = List.copyOf(listing.found.values());
        return found.size() <= most
                ? new ObjectPage(found, Optional.empty())
                : new ObjectPage(
                        found.subList(0, most), Optional.of(found.get(most).name()));
    }

    /** Keeps the first names of a listing, so that memory is bounded by the page. */
    private final class Listing extends SimpleFileVisitor<Path> {
        private final String prefix;
        private final String from;
        private final int most;
        private final TreeMap<String, StoredObject> found = new TreeMap<>();

        Listing(String prefix, String from, int most) {
            this.prefix = prefix;
            this.from = from;
            this.most = most;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String below = directory.equals(root) ? "" : name(directory) + "/";
            boolean wanted = !directory.endsWith(STAGING) && (below.startsWith(prefix) || prefix.startsWith(below));
            return wanted ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = name(file);
            if (attributes.isRegularFile() && name.startsWith(prefix) && name.compareTo(from) >= 0) {
                found.put(name, object(name, attributes));
                if (found.size() > most) {
                    found.pollLastEntry();
                }
            }
            return FileVisitResult.CONTINUE;
        }

        /** A file that was deleted meanwhile. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }

    private String name(Path file) {
        return root.relativize(file).toString().replace(root.getFileSystem().getSeparator(), "/");
    }

    @Override
    public Optional<StoredObject> stat(String name) throws IOException {
        Path file = file(name);
        // Also false below something that is no directory.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    object(name, Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static StoredObject object(String name, BasicFileAttributes attributes) {
        String generation = attributes.lastModifiedTime().toInstant() + " " + attributes.fileKey();
        return new StoredObject(name, attributes.size(), generation, OptionalInt.empty());
    }

    /** A path below the root; a link among its directories is refused. */
    private Path file(String name) throws IOException {
        ObjectNames.require(name);
        Path file = root;
        for (String segment : name.split("/", -1)) {
            if (Files.isSymbolicLink(file)) {
                throw new IOException("a directory of object " + name + " is a symbolic link");
            }
            file = file.resolve(segment);
        }
        return file;
    }

    @Override
    public InputStream read(StoredObject object, long from, long end) throws IOException {
        if (from < 0 || end < from || end > object.length()) {
            throw new IndexOutOfBoundsException("bytes " + from + " to " + end + " of " + object.length());
        }
        FileChannel channel = open(object);
        try {
            return new BoundedStream(Channels.newInputStream(channel.position(from)), end - from);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private FileChannel open(StoredObject object) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file(object.name()), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw CoreException.objectMissing(object.name());
        }
        try {
            // After it was opened: what is under the name now is what was opened, or a later one.
            requireSame(object, stat(object.name()).orElseThrow(() -> CoreException.objectMissing(object.name())));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireSame(StoredObject expected, StoredObject found) {
        if (expected.length() != found.length() || !expected.generation().equals(found.generation())) {
            throw CoreException.objectChanged(expected.name(), text(expected), text(found));
        }
    }

    private static String text(StoredObject object) {
        return object.length() + " bytes of generation " + object.generation();
    }

    @Override
    public CreateOutcome create(String name, ObjectContent content) throws IOException, InterruptedException {
        Path file = file(name);
        if (stat(name).isPresent()) {
            return new CreateOutcome.Exists();
        }
        Path staged = root.resolve(STAGING).resolve(UUID.randomUUID().toString());
        try {
            int crc = write(staged, content);
            files.sync(staged);
            return link(name, file, staged, crc);
        } finally {
            files.delete(staged);
        }
    }

    private static Path parent(Path below) {
        return requireNonNull(below.getParent());
    }

    private int write(Path staged, ObjectContent content) throws IOException, InterruptedException {
        try (FileChannel channel = files.create(staged)) {
            Crc32cChannel summed = new Crc32cChannel(channel);
            content.writeTo(summed);
            return summed.value();
        }
    }

    private CreateOutcome link(String name, Path file, Path staged, int crc) throws IOException {
        files.createDirectories(parent(file));
        try {
            files.link(file, staged);
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(file)) {
                throw e;
            }
            return new CreateOutcome.Exists();
        }
        for (Path made = parent(file); made.startsWith(root); made = parent(made)) {
            files.syncDirectory(made);
        }
        StoredObject object =
                object(name, Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        return new CreateOutcome.Created(
                new StoredObject(name, object.length(), object.generation(), OptionalInt.of(crc)));
    }

    @Override
    public CreateOutcome compose(String name, List<StoredObject> sources) throws IOException, InterruptedException {
        if (sources.isEmpty() || sources.size() > MOST_SOURCES) {
            throw new IllegalArgumentException("1 to " + MOST_SOURCES + " sources, not " + sources.size());
        }
        return create(name, target -> {
            for (StoredObject source : sources) {
                copy(source, target);
            }
        });
    }

    private void copy(StoredObject source, WritableByteChannel target) throws IOException {
        try (FileChannel channel = open(source)) {
            for (long at = 0; at < source.length(); ) {
                long count = channel.transferTo(at, source.length() - at, target);
                if (count == 0 && at >= channel.size()) {
                    throw new EOFException("object " + source.name() + " ends at byte " + at);
                }
                at += count;
            }
        }
    }

    @Override
    public boolean delete(StoredObject object) throws IOException {
        Optional<StoredObject> found = stat(object.name());
        if (found.isEmpty()) {
            return false;
        }
        requireSame(object, found.get());
        Path file = file(object.name());
        files.delete(file);
        files.syncDirectory(parent(file));
        return true;
    }

    /** Files have no URL. */
    @Override
    public Optional<URI> sign(StoredObject object, Duration lifetime) {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "LocalObjectStore[" + root + "]";
    }
}
