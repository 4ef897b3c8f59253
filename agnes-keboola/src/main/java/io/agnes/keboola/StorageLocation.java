// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The location of the objects of one export in an object store, with the credentials for them. Each request goes to the one
 * host of the file's provider and to a name that begins with the file's. {@code toString} prints no credentials.
 */
sealed interface StorageLocation permits GoogleLocation, AwsLocation, AzureLocation {
    /** The suffix of a manifest's name, after the file's name. */
    String MANIFEST = "manifest";

    /** The name of the file's own object. The names of its manifest and its slices begin with it. */
    String key();

    /** The prefix of the slice addresses in a manifest, before the name. */
    String prefix();

    /**
     * The request that reads an object.
     *
     * @param range the value of the header; empty for the whole
     */
    Transport.Request read(String name, String range, Instant now);

    /** Whether the answer may mean that the credentials have expired. */
    boolean mayBeExpired(int status, String body);

    /** Whether the store answers a request for the last bytes of an object whose length is unknown. */
    default boolean readsSuffixes() {
        return true;
    }

    /**
     * The name of a slice. An HTTPS address of an object is taken for its name too; a signature in it is not used, as the
     * file's own credentials open the same objects and can be fetched again.
     *
     * @param address from the manifest: {@code gs://bucket/key}, {@code s3://bucket/key},
     *     {@code azure://host/container/key} or a signed {@code https} address
     * @throws KeboolaException {@code manifest_foreign} if it lies elsewhere
     */
    default String slice(String address) {
        String name = address.startsWith(prefix()) ? address.substring(prefix().length()) : webName(address);
        if (!isPlain(name) || !name.startsWith(key())) {
            throw KeboolaException.manifestForeign("names that begin with " + prefix() + key());
        }
        return name;
    }

    /** The prefixes of HTTPS addresses in the bucket or container, before the name. */
    List<String> webPrefixes();

    /** The name in an HTTPS address; empty if the address has none of the prefixes. */
    private String webName(String address) {
        String path = address.split("[?#]", 2)[0];
        return webPrefixes().stream()
                .filter(path::startsWith)
                .findFirst()
                .map(prefix -> decoded(path.substring(prefix.length())))
                .orElse("");
    }

    private static String decoded(String path) {
        try {
            // In a path a plus stands for itself.
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Whether the name stays the same in an address. HTTP clients remove segments that are empty or dots. */
    static boolean isPlain(String name) {
        return Arrays.stream(name.split("/", -1)).noneMatch(segment -> segment.isEmpty() || isDots(segment))
                && name.chars().noneMatch(Character::isISOControl);
    }

    /** Adds the headers of a ranged read. */
    static Map<String, String> ranged(String range, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("accept-encoding", "identity");
        if (!range.isEmpty()) {
            all.put("range", range);
        }
        return all;
    }

    private static boolean isDots(String segment) {
        return segment.equals("..") || segment.equals(".");
    }
}
