// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.auth.ServiceAccountSigner;
import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.Storage.ComposeRequest;
import com.google.cloud.storage.Storage.SignUrlOption;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.client.Operation;
import io.agnes.bigquery.client.Operation.Resource;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.core.CoreException;
import io.agnes.core.Time;
import io.agnes.core.store.Crc32c;
import io.agnes.core.store.Crc32cChannel;
import io.agnes.core.store.CreateOutcome;
import io.agnes.core.store.ObjectContent;
import io.agnes.core.store.ObjectNames;
import io.agnes.core.store.ObjectPage;
import io.agnes.core.store.ObjectStore;
import io.agnes.core.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A bucket of Cloud Storage. Objects are created on the condition that none of their name exists, read and deleted by
 * generation, and composed by Cloud Storage itself. Requests are repeated as those of the client; an upload is not. Failures
 * are {@link GoogleCloudException}s, besides those of the port.
 *
 * <p>Two things differ from a local directory: names are ordered by their bytes in UTF-8, and objects of other programs whose
 * names the port does not allow are not listed.
 */
public final class CloudStorageStore implements ObjectStore, AutoCloseable {
    /** Bytes of a new object that are held in memory and sent at once; the protocol wants a multiple of 256 KiB. */
    static final int CHUNK_BYTES = 1 << 20;

    /** The longest that a V4 signature is valid. */
    static final Duration LONGEST_LIFETIME = Duration.ofDays(7);

    /** Requests in one batch, the most that Cloud Storage takes. */
    private static final int BATCH = 100;

    private static final BlobField[] FIELDS = {BlobField.NAME, BlobField.SIZE, BlobField.GENERATION, BlobField.CRC32C};

    private final WriteClient client;
    private final String bucket;
    private final boolean owned;

    private CloudStorageStore(WriteClient client, String bucket, boolean owned) {
        this.client = client;
        this.bucket = bucket;
        this.owned = owned;
    }

    /** A bucket, with the credentials that write. Nothing is read or sent yet. */
    public static CloudStorageStore of(BigQueryConfig config, String bucket) {
        return new CloudStorageStore(WriteClient.of(config, Time.system()), bucket, true);
    }

    /** @param client is not closed by the store */
    static CloudStorageStore of(WriteClient client, String bucket) {
        return new CloudStorageStore(client, bucket, false);
    }

    private Operation operation(String name, String permission) {
        return Operation.repeatable(Resource.OBJECT, subject(name), permission);
    }

    private String subject(String name) {
        return "object gs://" + bucket + "/" + name;
    }

    @Override
    public ObjectPage list(String prefix, Optional<String> from, int most) throws IOException, InterruptedException {
        if (most < 1 || most > MOST_LISTED) {
            throw new IllegalArgumentException("a page has 1 to " + MOST_LISTED + " objects, not " + most);
        }
        List<BlobListOption> options = new ArrayList<>(
                List.of(BlobListOption.prefix(prefix), BlobListOption.pageSize(most), BlobListOption.fields(FIELDS)));
        from.map(BlobListOption::pageToken).ifPresent(options::add);
        Operation listing = Operation.repeatable(Resource.BUCKET, "bucket " + bucket, "storage.objects.list");
        return client.storage(listing, storage -> {
            var page = storage.list(bucket, options.toArray(BlobListOption[]::new));
            List<StoredObject> objects = new ArrayList<>();
            for (Blob blob : page.getValues()) {
                if (ObjectNames.isAllowed(blob.getName())) {
                    objects.add(object(blob));
                }
            }
            return new ObjectPage(
                    objects, Optional.ofNullable(page.getNextPageToken()).filter(token -> !token.isEmpty()));
        });
    }

    @Override
    public Optional<StoredObject> stat(String name) throws InterruptedException {
        ObjectNames.require(name);
        return client.storage(
                operation(name, "storage.objects.get"),
                storage -> Optional.ofNullable(storage.get(BlobId.of(bucket, name), BlobGetOption.fields(FIELDS)))
                        .map(CloudStorageStore::object));
    }

    private static StoredObject object(BlobInfo blob) {
        String crc = blob.getCrc32c();
        return new StoredObject(
                blob.getName(),
                blob.getSize(),
                Long.toString(blob.getGeneration()),
                crc == null ? OptionalInt.empty() : OptionalInt.of(decoded(crc)));
    }

    /** Cloud Storage sends the four bytes in Base64, the highest first. */
    private static int decoded(String crc) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(crc)).getInt();
    }

    private static long generation(StoredObject object) {
        return Long.parseLong(object.generation());
    }

    @Override
    public InputStream read(StoredObject object, long from, long end) throws IOException, InterruptedException {
        if (from < 0 || end < from || end > object.length()) {
            throw new IndexOutOfBoundsException("bytes " + from + " to " + end + " of " + object.length());
        }
        if (from == end) {
            return InputStream.nullInputStream();
        }
        try {
            return client.storage(operation(object.name(), "storage.objects.get"), storage -> {
                ReadChannel reader = storage.reader(BlobId.of(bucket, object.name(), generation(object)));
                // Without a buffer of the client: ours is at the reader.
                reader.setChunkSize(0);
                reader.seek(from);
                reader.limit(end);
                return ObjectStream.open(reader);
            });
        } catch (GoogleCloudException e) {
            throw e.code().equals("object_not_found") ? gone(object) : e;
        }
    }

    /** The failure for a state of an object that is gone. */
    private CoreException gone(StoredObject object) throws InterruptedException {
        Optional<StoredObject> found = stat(object.name());
        return found.isEmpty()
                ? CoreException.objectMissing(object.name())
                : CoreException.objectChanged(object.name(), text(object), text(found.get()));
    }

    private static String text(StoredObject object) {
        return object.length() + " bytes of generation " + object.generation();
    }

    @Override
    public CreateOutcome create(String name, ObjectContent content) throws IOException, InterruptedException {
        ObjectNames.require(name);
        Operation upload = Operation.once(Resource.OBJECT, subject(name), "storage.objects.create");
        try {
            WriteChannel channel = client.storage(upload, storage -> {
                WriteChannel opened =
                        storage.writer(BlobInfo.newBuilder(bucket, name).build(), BlobWriteOption.doesNotExist());
                opened.setChunkSize(CHUNK_BYTES);
                return opened;
            });
            // Only finishing makes an object of the upload: after a failure nothing of it is left.
            Upload chunks = new Upload(CHUNK_BYTES, chunk -> client.storage(upload, storage -> channel.write(chunk)));
            Crc32cChannel summed = new Crc32cChannel(chunks);
            content.writeTo(summed);
            chunks.flush();
            client.storage(upload, storage -> {
                channel.close();
                return true;
            });
            return new CreateOutcome.Created(created(name, summed.value()));
        } catch (GoogleCloudException e) {
            return existing(e);
        } catch (InterruptedIOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException(subject(name));
            }
            throw e;
        }
    }

    private static CreateOutcome existing(GoogleCloudException e) {
        if (e.code().equals("precondition_failed")) {
            return new CreateOutcome.Exists();
        }
        throw e;
    }

    private StoredObject created(String name, int crc) throws InterruptedException {
        StoredObject object = stat(name).orElseThrow(() -> CoreException.objectMissing(name));
        return requireCrc(object, OptionalInt.of(crc));
    }

    private static StoredObject requireCrc(StoredObject object, OptionalInt expected) {
        if (expected.isPresent()
                && object.crc32c().isPresent()
                && expected.getAsInt() != object.crc32c().getAsInt()) {
            throw CoreException.objectChanged(
                    object.name(),
                    text(expected.getAsInt()),
                    text(object.crc32c().getAsInt()));
        }
        return object;
    }

    private static String text(int crc) {
        return String.format(Locale.ROOT, "content with CRC32C %08x", crc);
    }

    @Override
    public CreateOutcome compose(String name, List<StoredObject> sources) throws InterruptedException {
        ObjectNames.require(name);
        if (sources.isEmpty() || sources.size() > MOST_SOURCES) {
            throw new IllegalArgumentException("1 to " + MOST_SOURCES + " sources, not " + sources.size());
        }
        ComposeRequest.Builder request = ComposeRequest.newBuilder()
                .setTarget(BlobInfo.newBuilder(bucket, name).build())
                .setTargetOptions(BlobTargetOption.doesNotExist());
        sources.forEach(source -> request.addSource(source.name(), generation(source)));
        StoredObject composed;
        try {
            composed = client.storage(
                    operation(name, "storage.objects.create"), storage -> object(storage.compose(request.build())));
        } catch (GoogleCloudException e) {
            requireSources(sources, e);
            return existing(e);
        }
        if (composed.length()
                != sources.stream().mapToLong(StoredObject::length).sum()) {
            throw CoreException.objectChanged(name, "the length of its sources", composed.length() + " bytes");
        }
        return new CreateOutcome.Created(requireCrc(composed, crc(sources)));
    }

    private void requireSources(List<StoredObject> sources, GoogleCloudException e) throws InterruptedException {
        if (e.code().equals("object_not_found") || e.code().equals("precondition_failed")) {
            for (StoredObject source : sources) {
                Optional<String> found = stat(source.name()).map(StoredObject::generation);
                if (!found.equals(Optional.of(source.generation()))) {
                    throw gone(source);
                }
            }
        }
    }

    /** The CRC32C of the contents, one after the other; empty if one of them is not known. */
    private static OptionalInt crc(List<StoredObject> sources) {
        int crc = 0;
        for (StoredObject source : sources) {
            if (source.crc32c().isEmpty()) {
                return OptionalInt.empty();
            }
            crc = Crc32c.concatenated(crc, source.crc32c().getAsInt(), source.length());
        }
        return OptionalInt.of(crc);
    }

    @Override
    public boolean delete(StoredObject object) throws InterruptedException {
        try {
            return client.storage(
                    operation(object.name(), "storage.objects.delete"),
                    storage -> storage.delete(
                            BlobId.of(bucket, object.name()), BlobSourceOption.generationMatch(generation(object))));
        } catch (GoogleCloudException e) {
            throw e.code().equals("precondition_failed") ? gone(object) : e;
        }
    }

    /** Deletes these states of objects, {@link #BATCH} in one request. One that is gone already is no failure. */
    void deleteAll(List<StoredObject> objects) throws InterruptedException {
        Operation deletion =
                Operation.repeatable(Resource.OBJECT, "objects of bucket " + bucket, "storage.objects.delete");
        for (int from = 0; from < objects.size(); from += BATCH) {
            List<BlobId> batch = objects.subList(from, Math.min(from + BATCH, objects.size())).stream()
                    .map(object -> BlobId.of(bucket, object.name(), generation(object)))
                    .toList();
            // The client's list throws the failure of an object when its result is read.
            client.storage(deletion, storage -> List.copyOf(storage.delete(batch)));
        }
    }

    /**
     * A V4 signature for {@code GET} of this generation; empty if the credentials cannot sign.
     *
     * @param lifetime at most {@link #LONGEST_LIFETIME}
     */
    @Override
    public Optional<URI> sign(StoredObject object, Duration lifetime) throws InterruptedException {
        if (!lifetime.isPositive() || lifetime.compareTo(LONGEST_LIFETIME) > 0) {
            throw new IllegalArgumentException(
                    "a signature is valid for up to " + LONGEST_LIFETIME + ", not " + lifetime);
        }
        return client.storage(operation(object.name(), "iam.serviceAccounts.signBlob"), storage -> {
            if (!(storage.getOptions().getCredentials() instanceof ServiceAccountSigner)) {
                return Optional.empty();
            }
            URI host = URI.create(storage.getOptions().getHost());
            URI signed = URI.create(storage.signUrl(
                            BlobInfo.newBuilder(bucket, object.name()).build(),
                            lifetime.toSeconds(),
                            TimeUnit.SECONDS,
                            SignUrlOption.withV4Signature(),
                            SignUrlOption.withHostName(host.toString()),
                            SignUrlOption.withQueryParams(Map.of("generation", object.generation())))
                    .toString());
            return Optional.of(signed);
        });
    }

    /** Ends the requests that run, which fail with {@code client_closed}. */
    @Override
    public void close() {
        if (owned) {
            client.close();
        }
    }

    @Override
    public String toString() {
        return "CloudStorageStore[" + bucket + "]";
    }
}
