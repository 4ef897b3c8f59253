// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Changes the key-values of an Arrow schema message in place. It moves no existing data: a value that is longer than the old
 * one is appended to the message.
 */
final class ArrowMetadataEdit {
    private byte[] bytes;
    private ArrowMessage message;

    ArrowMetadataEdit(byte[] original) {
        this.bytes = original.clone();
        this.message = ArrowMessage.of(bytes);
    }

    /** @return the message with these values; keys that the map lacks are removed */
    byte[] keep(Map<String, String> kept) {
        int schema = message.pointed(message.slot(message.pointed(message.start), ArrowSchema.HEADER));
        int vectorAt = message.slot(schema, ArrowSchema.SCHEMA_METADATA);
        if (vectorAt != 0) {
            Set<Integer> removed = new HashSet<>();
            for (int pair : message.elements(vectorAt)) {
                String value = kept.get(message.text(message.slot(pair, 0), StandardCharsets.UTF_8));
                if (value == null) {
                    removed.add(pair);
                } else {
                    replace(message.slot(pair, ArrowSchema.VALUE), value.getBytes(StandardCharsets.UTF_8));
                }
            }
            remove(message.pointed(vectorAt), removed);
        }
        return bytes;
    }

    private void replace(int at, byte[] value) {
        int text = message.pointed(at);
        int length = message.in.getInt(text);
        Arrays.fill(bytes, text + 4, text + 4 + length, (byte) 0);
        int place = value.length <= length ? text : append(value.length);
        message.in.putInt(place, value.length);
        message.in.put(place + 4, value);
        message.in.putInt(at, place - at);
    }

    /** Extends the message by a string of this length and its terminating zero, and returns the string's position. */
    private int append(int length) {
        int place = bytes.length;
        int head = message.start;
        int grown = (4 + length + 1 + 7) / 8 * 8;
        // Strings are aligned to 8 bytes from the start of the message.
        int padding = Math.floorMod(-(place - head), 8);
        bytes = Arrays.copyOf(bytes, place + padding + grown);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(head - 4, bytes.length - head);
        message = ArrowMessage.of(bytes);
        return place + padding;
    }

    /** Removes tables from a vector and overwrites their values and unused slots with zeros. */
    private void remove(int vector, Set<Integer> removed) {
        int count = message.in.getInt(vector);
        int left = 0;
        for (int i = 0; i < count; i++) {
            int from = vector + 4 * (i + 1);
            int pair = message.pointed(from);
            if (removed.contains(pair)) {
                blank(message.pointed(message.slot(pair, ArrowSchema.VALUE)));
            } else {
                left++;
                int to = vector + 4 * left;
                message.in.putInt(to, pair - to);
            }
        }
        Arrays.fill(bytes, vector + 4 * (left + 1), vector + 4 * (count + 1), (byte) 0);
        message.in.putInt(vector, left);
    }

    private void blank(int text) {
        Arrays.fill(bytes, text + 4, text + 4 + message.in.getInt(text), (byte) 0);
    }
}
