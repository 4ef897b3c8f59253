package io.agnes.server;

/** The process. */
public final class Main {
    private Main() {}

    /** Runs one command. */
    public static void main(String[] arguments) {
        throw new IllegalStateException("no command " + String.join(" ", arguments));
    }
}
