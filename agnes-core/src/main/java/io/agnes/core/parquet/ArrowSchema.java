// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value of the key {@code ARROW:schema}: an Arrow schema message in base64. It holds the Arrow types of the columns and a
 * copy of the file's key-values. Arrow readers use this copy, so a merged file may keep only key-values that hold for all
 * parts.
 */
final class ArrowSchema {
    private static final int HEADER_TYPE = 1;
    private static final byte SCHEMA_HEADER = 1;
    static final int HEADER = 2;
    static final int SCHEMA_METADATA = 2;
    static final int VALUE = 1;

    private final byte[] bytes;
    private final Object types;
    private final Map<String, String> metadata;

    private ArrowSchema(byte[] bytes, Object types, Map<String, String> metadata) {
        this.bytes = bytes;
        this.types = types;
        this.metadata = metadata;
    }

    /** Decodes the value; empty if it has an unknown form. Values of an unknown form are compared as text. */
    static Optional<ArrowSchema> parse(String base64) {
        try {
            return Optional.of(decode(Base64.getDecoder().decode(base64)));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Whether both have the same field names, types, nullability and field metadata. Ignores the file's key-values. */
    boolean sameTypes(ArrowSchema other) {
        return types.equals(other.types);
    }

    /** The copy of the file's key-values, in order. */
    Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Replaces the key-values, keeps the types, and decodes the result to check it.
     *
     * @param kept keys of {@link #metadata()} with their new values; other keys are removed
     * @return base64; empty if the changed message does not decode to the same types and these key-values
     */
    Optional<String> with(Map<String, String> kept) {
        try {
            byte[] changed = new ArrowMetadataEdit(bytes).keep(kept);
            ArrowSchema read = decode(changed);
            boolean asExpected = read.sameTypes(this) && read.metadata.equals(kept);
            return asExpected ? Optional.of(Base64.getEncoder().encodeToString(changed)) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static ArrowSchema decode(byte[] bytes) {
        ArrowMessage message = ArrowMessage.of(bytes);
        int root = message.pointed(message.start);
        List<@Nullable Object> whole = message.table("Message", root, 0);
        if (!Byte.valueOf(SCHEMA_HEADER).equals(whole.get(HEADER_TYPE))) {
            throw new MalformedParquetException("the message is no schema");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        int schema = message.pointed(message.slot(root, HEADER));
        for (int pair : message.elements(message.slot(schema, SCHEMA_METADATA))) {
            String key = message.text(message.slot(pair, 0), StandardCharsets.UTF_8);
            String value = message.text(message.slot(pair, VALUE), StandardCharsets.UTF_8);
            if (metadata.put(key, value) != null) {
                throw new MalformedParquetException("the key " + key + " comes twice");
            }
        }
        if (whole.get(HEADER) instanceof List<?> header) {
            List<@Nullable Object> types = new ArrayList<>(header);
            types.set(SCHEMA_METADATA, null);
            whole.set(HEADER, types);
        }
        return new ArrowSchema(bytes, whole, metadata);
    }
}
