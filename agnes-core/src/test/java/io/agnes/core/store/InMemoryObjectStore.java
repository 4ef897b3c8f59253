// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import io.agnes.core.CoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/** Objects in memory, with CRC32C and signed URLs. */
public final class InMemoryObjectStore implements ObjectStore {
    private final ConcurrentSkipListMap<String, Held> objects = new ConcurrentSkipListMap<>();
    private final AtomicLong generations = new AtomicLong();

    private record Held(StoredObject object, byte[] bytes) {}

    @Override
    public ObjectPage list(String prefix, Optional<String> from, int most) {
        if (most < 1 || most > MOST_LISTED) {
            throw new IllegalArgumentException("a page of " + most);
        }
        List<StoredObject> found = objects.tailMap(from.orElse("")).values().stream()
                .map(Held::object)
                .filter(object -> object.name().startsWith(prefix))
                .limit(most + 1L)
                .toList();
        return found.size() <= most
                ? new ObjectPage(found, Optional.empty())
                : new ObjectPage(
                        found.subList(0, most), Optional.of(found.get(most).name()));
    }

    @Override
    public Optional<StoredObject> stat(String name) {
        ObjectNames.require(name);
        return Optional.ofNullable(objects.get(name)).map(Held::object);
    }

    @Override
    public InputStream read(StoredObject object, long from, long end) {
        if (from < 0 || end < from || end > object.length()) {
            throw new IndexOutOfBoundsException("bytes " + from + " to " + end + " of " + object.length());
        }
        return new ByteArrayInputStream(bytes(object), (int) from, (int) (end - from));
    }

    private byte[] bytes(StoredObject object) {
        Held held = objects.get(object.name());
        if (held == null) {
            throw CoreException.objectMissing(object.name());
        }
        if (!held.object.generation().equals(object.generation())) {
            throw CoreException.objectChanged(object.name(), object.generation(), held.object.generation());
        }
        return held.bytes;
    }

    @Override
    public CreateOutcome create(String name, ObjectContent content) throws IOException, InterruptedException {
        ObjectNames.require(name);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        content.writeTo(Channels.newChannel(written));
        byte[] bytes = written.toByteArray();
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.wrap(bytes));
        StoredObject object = new StoredObject(
                name, bytes.length, Long.toString(generations.incrementAndGet()), OptionalInt.of((int) crc.getValue()));
        return objects.putIfAbsent(name, new Held(object, bytes)) == null
                ? new CreateOutcome.Created(object)
                : new CreateOutcome.Exists();
    }

    @Override
    public CreateOutcome compose(String name, List<StoredObject> sources) throws IOException, InterruptedException {
        if (sources.isEmpty() || sources.size() > MOST_SOURCES) {
            throw new IllegalArgumentException(sources.size() + " sources");
        }
        return create(name, target -> {
            for (StoredObject source : sources) {
                target.write(ByteBuffer.wrap(bytes(source)));
            }
        });
    }

    @Override
    public boolean delete(StoredObject object) {
        if (!objects.containsKey(object.name())) {
            return false;
        }
        bytes(object);
        return objects.remove(object.name()) != null;
    }

    @Override
    public Optional<URI> sign(StoredObject object, Duration lifetime) {
        return Optional.of(URI.create("memory://store/" + object.generation() + "?seconds=" + lifetime.toSeconds()));
    }
}
