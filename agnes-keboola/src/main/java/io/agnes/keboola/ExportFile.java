// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;

/**
 * A file that Keboola exported to an object store.
 *
 * @param id in Keboola
 * @param sliced whether it consists of a manifest and slices, and not of one object
 * @param location of its objects, with credentials that last for a while
 */
record ExportFile(String id, boolean sliced, StorageLocation location) {
    static ExportFile read(JsonObject json, KeboolaConfig config) {
        String id = JsonFields.textOr(json, "id", "unknown");
        StorageLocation location = location(id, json, config);
        if (!StorageLocation.isPlain(location.key())) {
            throw KeboolaException.storageUnknown(id, "its name has a segment that is empty or dots");
        }
        return new ExportFile(id, JsonFields.truth(json, "isSliced"), location);
    }

    private static StorageLocation location(String id, JsonObject json, KeboolaConfig config) {
        Detail detail = new Detail(id, json);
        return switch (JsonFields.textOr(json, "provider", "")) {
            case "gcp" -> GoogleLocation.of(detail, config);
            case "aws" -> AwsLocation.of(detail, config);
            case "azure" -> AzureLocation.of(detail, config);
            case String other -> throw KeboolaException.storageUnknown(id, "unknown provider \"" + other + "\"");
        };
    }

    /** The detail of a file, all of whose fields are required. */
    record Detail(String id, JsonObject json) {
        String text(String object, String key) {
            return JsonFields.text(JsonFields.object(json, object), key)
                    .orElseThrow(() -> KeboolaException.storageUnknown(id, "no " + object + "." + key));
        }

        String text(String key) {
            return JsonFields.text(json, key).orElseThrow(() -> KeboolaException.storageUnknown(id, "no " + key));
        }
    }
}
