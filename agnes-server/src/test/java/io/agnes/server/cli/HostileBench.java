// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.server.Reply;
import io.agnes.server.Wire;
import io.agnes.testkit.FakeKeboola;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * {@code ./agnes bench hostile}: does a server, as the launcher starts it, stay up and answer others during attacks? A
 * thousand readers at 4 KB/s with tokens, 10,000 unfinished heads, 2,100 unfinished bodies, each while another client
 * polls health; ambiguous framing; and no free descriptors. Every step has a time limit. The clients use several
 * loopback addresses, because each address has a share of the connections.
 */
final class HostileBench {
    private static final int SLOW_READERS = 1000;
    private static final int HALF_HEADS = 10_000;
    private static final int HALF_BODIES = 2100;
    private static final int USERS = 4;
    private static final int ADDRESSES = 8;
    private static final int UNFINISHED_HEAD = 11 * 1024;
    private static final int READ_AT_ONCE = 4096;
    private static final Duration ATTACK = Duration.ofSeconds(8);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TABLE = "in.c-crm.orders";
    private static final String DOWNLOAD = "/api/data/" + TABLE + "/download";

    private final Path directory;
    private final Process server;
    private final URI address;
    private final Wire wire;
    private final String admin;
    private final List<String> readers = new ArrayList<>();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    private HostileBench(Path directory, FakeKeboola keboola) throws Exception {
        this.directory = directory;
        Path out = directory.resolve("out.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("agnes.project.dir"), "agnes")
                                .toString(),
                        "serve",
                        "--data-dir",
                        directory.resolve("data").toString(),
                        "--port",
                        "0")
                .redirectOutput(out.toFile())
                .redirectError(directory.resolve("err.txt").toFile());
        builder.environment()
                .putAll(Map.of(
                        "AGNES_KEBOOLA_STORAGE_ENDPOINT",
                                keboola.storageEndpoint().toString(),
                        "KEBOOLA_STACK_URL", keboola.stackUrl().toString(),
                        "KEBOOLA_STORAGE_TOKEN", keboola.token()));
        this.server = builder.start();
        try {
            String serves = line(out, "agnes ");
            this.address = URI.create(serves.substring(serves.indexOf("http://")));
            this.admin = Files.readString(directory.resolve("data").resolve("first-token"))
                    .strip();
            this.wire = new Wire(address);
        } catch (Exception e) {
            server.destroyForcibly();
            throw e;
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && !(args.length == 2 && args[0].equals("--json"))) {
            System.err.println("Usage: agnes bench hostile [--json FILE]\n"
                    + "Hostile clients against a server process: slow readers, half heads, half bodies, framing.");
            System.exit(2);
        }
        Path directory = Files.createTempDirectory("agnes-hostile");
        try (FakeKeboola keboola = FakeKeboola.start()) {
            keboola.table(TABLE).fromCsv(csv(directory.resolve("orders.csv")));
            HostileBench bench = new HostileBench(directory, keboola);
            try {
                bench.run().print(new PrintWriter(System.out), args.length == 2 ? Path.of(args[1]) : null);
            } finally {
                bench.server.destroyForcibly().waitFor();
                bench.clients.shutdownNow();
            }
        } finally {
            try (Stream<Path> all = Files.walk(directory)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    /** Random, so that the file is larger than the socket buffers between two processes. */
    private static Path csv(Path file) throws IOException {
        Random random = new Random(1);
        byte[] bytes = new byte[32];
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("id,text\n");
            for (int i = 0; i < 500_000; i++) {
                random.nextBytes(bytes);
                out.write(i + "," + HexFormat.of().formatHex(bytes) + "\n");
            }
        }
        return file;
    }

    private String line(Path file, String beginning) throws Exception {
        long began = System.nanoTime();
        while (server.isAlive() && !late(began, PATIENCE.multipliedBy(5))) {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
            server.waitFor(20, TimeUnit.MILLISECONDS);
        }
        throw new IllegalStateException("no line " + beginning + ": " + Files.readString(directory.resolve("err.txt")));
    }

    private static boolean late(long began, Duration patience) {
        return System.nanoTime() - began > patience.toNanos();
    }

    private BenchReport run() throws Exception {
        prepare();
        BenchReport report = new BenchReport("hostile");
        List<Socket> sockets = new ArrayList<>();
        Probe slow = new Probe();
        report.add("slow_readers_survived", slowReaders(sockets));
        double slowP99 = slow.p99();
        say("slow readers: health p99 " + slowP99 + " ms, " + residentMib() + " MiB resident");
        close(sockets);
        Probe heads = new Probe();
        report.add("half_headers_survived", halfHeads(sockets));
        double headsP99 = heads.p99();
        say("half heads: health p99 " + headsP99 + " ms, " + residentMib() + " MiB resident");
        close(sockets);
        Probe bodies = new Probe();
        halfBodies(sockets);
        double bodiesP99 = bodies.p99();
        say("half bodies: health p99 " + bodiesP99 + " ms, " + residentMib() + " MiB resident");
        close(sockets);
        report.add("half_bodies_health_p99_ms", bodiesP99);
        report.add("te_desync", desync());
        long lost = lostFiles();
        report.add("listener_exit", listenerExit());
        report.add("lost_files", lost);
        report.add("slow_readers_health_p99_ms", slowP99);
        return report.add("half_headers_health_p99_ms", headsP99);
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private long residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        return 0;
    }

    private Reply post(String target, String body, int expected) throws IOException {
        Reply reply = wire.sendBody("POST", target, body, "Authorization: Bearer " + admin);
        if (reply.status() != expected) {
            throw new IllegalStateException(target + " answered " + reply.status() + " " + reply.text());
        }
        return reply;
    }

    private void prepare() throws Exception {
        post("/api/admin/register-table", """
                {"id": "%s", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "orders"}""".formatted(TABLE), 201);
        for (int i = 0; i < USERS; i++) {
            post("/api/admin/users", "{\"id\": \"reader" + i + "\", \"groups\": [\"readers\"]}", 201);
            readers.add(post("/api/admin/tokens", "{\"user\": \"reader" + i + "\"}", 201)
                    .json()
                    .getString("token"));
        }
        post("/api/admin/grants", "{\"group\": \"readers\", \"table_id\": \"" + TABLE + "\"}", 201);
        post("/api/sync/trigger", "[\"" + TABLE + "\"]", 200);
        long began = System.nanoTime();
        while (wire.send("HEAD", DOWNLOAD, "Authorization: Bearer " + readers.getFirst())
                        .status()
                != 200) {
            if (late(began, PATIENCE)) {
                throw new IllegalStateException("the table did not come");
            }
            server.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    private Socket connect(int i) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setReceiveBufferSize(READ_AT_ONCE);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0." + (2 + i % ADDRESSES)), 0));
            socket.connect(new InetSocketAddress("127.0.0.1", address.getPort()), (int) PATIENCE.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket sent(int i, String text, List<Socket> sockets) throws IOException {
        Socket socket = connect(i);
        synchronized (sockets) {
            sockets.add(socket);
        }
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (SocketException closedByThem) {
            // The server closed the connection, which is expected.
            return socket;
        }
        return socket;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    /** Counts the readers that are still served, or were refused with Retry-After, after all have read for a while. */
    private long slowReaders(List<Socket> sockets) throws Exception {
        List<Future<Boolean>> readings = new ArrayList<>();
        for (int i = 0; i < SLOW_READERS; i++) {
            String get = "GET " + DOWNLOAD + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + readers.get(i % USERS)
                    + "\r\n\r\n";
            Socket socket = sent(i, get, sockets);
            readings.add(clients.submit(() -> servedSlowly(socket)));
        }
        return count(readings);
    }

    private static boolean servedSlowly(Socket socket) throws Exception {
        InputStream in = socket.getInputStream();
        int status = Wire.status(Wire.line(in));
        Map<String, List<String>> headers = Wire.headers(in);
        if (status == 429 || status == 503) {
            return headers.containsKey("retry-after");
        }
        long began = System.nanoTime();
        byte[] buffer = new byte[READ_AT_ONCE];
        while (status == 200 && !late(began, ATTACK)) {
            if (in.read(buffer) < 0) {
                return false;
            }
            TimeUnit.SECONDS.sleep(1);
        }
        return status == 200;
    }

    private static <T> long count(List<Future<Boolean>> all) throws InterruptedException {
        long count = 0;
        for (Future<Boolean> one : all) {
            try {
                count += one.get() ? 1 : 0;
            } catch (java.util.concurrent.ExecutionException e) {
                // This reader did not survive.
                continue;
            }
        }
        return count;
    }

    /** Counts the opened heads; 0 if the server does not answer at the end. */
    private long halfHeads(List<Socket> sockets) throws Exception {
        String head = "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(UNFINISHED_HEAD);
        long opened = inParallel(HALF_HEADS, i -> sent(i, head, sockets));
        server.waitFor(ATTACK.toMillis(), TimeUnit.MILLISECONDS);
        return healthy() ? opened : 0;
    }

    private void halfBodies(List<Socket> sockets) throws Exception {
        inParallel(HALF_BODIES, i -> {
            String credential = i % 2 == 0 ? "" : "Authorization: Bearer " + admin + "\r\n";
            return sent(
                    i,
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\n" + credential + "Content-Length: 1000\r\n\r\n[",
                    sockets);
        });
        server.waitFor(ATTACK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private interface Attack {
        Socket begin(int i) throws IOException;
    }

    private long inParallel(int times, Attack attack) throws InterruptedException {
        List<Future<Boolean>> all = new ArrayList<>();
        try (ExecutorService few = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < times; i++) {
                int each = i;
                Callable<Boolean> begin = () -> attack.begin(each) != null;
                all.add(few.submit(begin));
            }
            return count(all);
        }
    }

    private boolean healthy() throws IOException {
        return server.isAlive() && wire.send("GET", "/health/live").status() == 200;
    }

    /** Counts answers after the one refusal: each means that the server read a request out of a body. */
    private long desync() throws IOException {
        long answers = 0;
        for (String coding :
                List.of("identity", "xchunked", "gzip", "chunked, chunked", "chunked\r\nContent-Length: 3")) {
            List<Socket> sockets = new ArrayList<>();
            Socket socket = sent(
                    0,
                    "POST /api/sync/status HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding
                            + "\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
                    sockets);
            int status = Wire.read(socket.getInputStream(), false).status();
            answers += status == 400 ? 0 : 1;
            try {
                Wire.read(socket.getInputStream(), false);
                answers++;
            } catch (EOFException | SocketException closed) {
                // The expected result.
                continue;
            } finally {
                close(sockets);
            }
        }
        return answers;
    }

    /** Downloads the files as a client does and counts those with wrong bytes. */
    private long lostFiles() throws Exception {
        Reply whole = wire.send("GET", DOWNLOAD, "Authorization: Bearer " + readers.getFirst());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(whole.body());
        String expected = '"' + HexFormat.of().formatHex(hash) + '"';
        return whole.status() == 200 && expected.equals(whole.header("etag")) ? 0 : 1;
    }

    /** The exit code of a process that can open no more descriptors. */
    private long listenerExit() throws Exception {
        long open;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            open = descriptors.count() + 2;
        }
        Process limit = new ProcessBuilder(
                        "prlimit", "--pid", Long.toString(server.pid()), "--nofile=" + open + ":" + open)
                .start();
        if (limit.waitFor() != 0) {
            return -1;
        }
        List<Socket> sockets = new ArrayList<>();
        long began = System.nanoTime();
        while (server.isAlive() && !late(began, PATIENCE)) {
            try {
                sent(0, "GET /health/live HTTP/1.1\r\n", sockets);
            } catch (IOException refused) {
                // The process has ended, or is about to end.
                server.waitFor(100, TimeUnit.MILLISECONDS);
            }
            server.waitFor(100, TimeUnit.MILLISECONDS);
        }
        close(sockets);
        return server.isAlive() ? 0 : server.exitValue();
    }

    /** Asks for health on new connections until the measurement ends. */
    private final class Probe {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Future<double[]> times = clients.submit(this::ask);

        private double[] ask() throws InterruptedException {
            List<Double> millis = new ArrayList<>();
            while (!over.get()) {
                long began = System.nanoTime();
                boolean answered = answered();
                millis.add(answered ? (System.nanoTime() - began) / 1e6 : PATIENCE.toMillis());
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        }

        private boolean answered() {
            List<Socket> one = new ArrayList<>();
            try {
                Socket socket = new Socket("127.0.0.1", address.getPort());
                one.add(socket);
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                return Wire.read(socket.getInputStream(), false).status() == 200;
            } catch (IOException e) {
                return false;
            } finally {
                try {
                    close(one);
                } catch (IOException e) {
                    // Reads the answer to its end.
                }
            }
        }

        /** The 99th percentile, in milliseconds. */
        double p99() throws Exception {
            over.set(true);
            double[] sorted = times.get();
            return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, (int) (sorted.length * 0.99))];
        }
    }
}
