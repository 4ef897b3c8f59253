// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object store of a Keboola stack, with the files of exports. It answers authorized reads. */
final class ExportStore implements ServiceErrors {
    private final StoreProtocol protocol;
    private final FakeObjectStore<ExportObject> objects = new FakeObjectStore<>();

    ExportStore(StoreProtocol protocol) {
        this.protocol = protocol;
    }

    @Override
    public Response error(int status) {
        return Response.xml(status, FaultBodies.storeError(status));
    }

    @Override
    public Response expired() {
        return protocol.error(StoreFailure.EXPIRED);
    }

    void add(FakeFile file) {
        objects.put(file.entry());
        file.slices().forEach(objects::put);
    }

    void remove(FakeFile file) {
        objects.remove(file.entry().name());
        file.slices().forEach(slice -> objects.remove(slice.name()));
    }

    /** The object of a request, or null if there is none. */
    @Nullable
    ExportObject find(Request request) {
        try {
            return objects.get(protocol.locate(request));
        } catch (ErrorResponseException e) {
            return null;
        }
    }

    Response answer(Request request) {
        ObjectName name = protocol.locate(request);
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw new ErrorResponseException(protocol.error(StoreFailure.METHOD));
        }
        protocol.authorize(request, name);
        ExportObject object = objects.get(name);
        if (object == null) {
            return protocol.error(StoreFailure.NOT_FOUND);
        }
        String wanted = request.header("if-match");
        if (wanted != null && !wanted.equals(object.etag()) && !wanted.equals("*")) {
            return protocol.error(StoreFailure.CHANGED);
        }
        Response answer = ObjectReads.read(object, protocol.range(request), () -> protocol.error(StoreFailure.RANGE));
        return answer.status() == 416 ? answer : withHeaders(answer, object);
    }

    private Response withHeaders(Response answer, ExportObject object) {
        Response full = answer.with("Content-Type", "application/octet-stream");
        for (Map.Entry<String, String> header : protocol.objectHeaders(object).entrySet()) {
            full = full.with(header.getKey(), header.getValue());
        }
        return full;
    }
}
