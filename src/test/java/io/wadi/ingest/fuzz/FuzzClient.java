package io.wadi.ingest.fuzz;

import io.wadi.ingest.fuzz.Fuzzed.Expect;
import io.wadi.ingest.fuzz.Fuzzed.Match;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Sends requests over its own connections, several at a time, and records the outcome of each. */
final class FuzzClient {
    private static final int TIMEOUT_MS = 120_000;
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    private static final int OK = 200;

    private final int port;
    private final SplittableRandom random;
    private final RandomRequests requests;
    private final BrokenRequests broken;
    private final Ledger ledger;
    private final Tally tally;
    private Socket socket;
    private InputStream in;

    FuzzClient(int port, SplittableRandom random, Ledger ledger, Tally tally) {
        this.port = port;
        this.random = random;
        this.requests = new RandomRequests(random);
        this.broken = new BrokenRequests(random, requests);
        this.ledger = ledger;
        this.tally = tally;
    }

    /** Sends this many requests, and reads their responses. */
    void run(int count) throws IOException {
        for (int sent = 0; sent < count; ) {
            List<Fuzzed> batch = new ArrayList<>();
            for (int i = Math.min(count - sent, random.nextInt(1, 9)); i > 0; i--) {
                batch.add(requests.next());
            }
            if (batch.size() > 1 && random.nextInt(3) == 0) {
                batch.set(batch.size() - 1, broken.next());
            }
            sent += batch.size();
            tally.count("requests", batch.size());
            exchange(batch);
        }
        close();
    }

    private void exchange(List<Fuzzed> batch) throws IOException {
        if (socket == null) {
            socket = new Socket("localhost", port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }
        socket.setSoTimeout(TIMEOUT_MS);
        boolean whole = write(batch);
        boolean closing = !whole;
        for (int i = 0; i < batch.size(); i++) {
            Fuzzed request = batch.get(i);
            Answer answer = isWhole(request) ? answer(request, closing) : null;
            if (answer == null) {
                leave(batch.subList(i, batch.size()));
                return;
            }
            closing |= answer.status() == TOO_LARGE
                    || "close".equals(answer.headers().get("connection"));
            note(request, List.of(answer), true);
        }
        if (closing || random.nextInt(4) == 0) {
            close();
        }
    }

    /** Returns false if the server closes the connection before all is written, as it may after too large a body. */
    private boolean write(List<Fuzzed> batch) {
        byte[] all = Bytes.join(batch.stream().map(Fuzzed::bytes).toArray(byte[][]::new));
        int cut = random.nextInt(all.length + 1);
        try {
            socket.getOutputStream().write(all, 0, cut);
            socket.getOutputStream().write(all, cut, all.length - cut);
            return true;
        } catch (IOException left) {
            return false;
        }
    }

    private static boolean isWhole(Fuzzed request) {
        return request.expect() == Expect.TAKEN || request.expect() == Expect.ANSWER;
    }

    /** Returns null if the connection cannot be used for another request. */
    private Answer answer(Fuzzed request, boolean closing) {
        try {
            Answer answer = Answer.read(in, request.bodiless());
            if (answer == null && !closing) {
                tally.wrong("closed without an answer to " + shown(request));
            }
            return answer;
        } catch (SocketTimeoutException e) {
            tally.wrong("no answer within %d ms to %s".formatted(TIMEOUT_MS, shown(request)));
        } catch (SocketException | EOFException e) {
            if (!closing) {
                tally.wrong("%s instead of an answer to %s".formatted(e, shown(request)));
            }
        } catch (IOException | NumberFormatException e) {
            tally.wrong("%s as answer to %s".formatted(e, shown(request)));
        }
        return null;
    }

    /**
     * Ends the connection with an invalid request and checks its outcome; requests without a response may be stored or
     * not.
     */
    private void leave(List<Fuzzed> rest) throws IOException {
        Fuzzed first = rest.get(0);
        if (first.expect() == Expect.ANSWER_OR_CLOSE) {
            readAll(first);
        } else {
            if (first.expect() == Expect.CUT && random.nextBoolean()) {
                socket.setSoLinger(true, 0);
            }
            note(first, List.of(), false);
        }
        for (Fuzzed each : rest.subList(1, rest.size())) {
            note(each, List.of(), false);
        }
        close();
    }

    private void readAll(Fuzzed request) throws IOException {
        List<Answer> answers = new ArrayList<>();
        HalfClosingInput patient = new HalfClosingInput(socket, TIMEOUT_MS, in);
        try {
            for (Answer next = Answer.read(patient, false); next != null; next = Answer.read(patient, false)) {
                answers.add(next);
            }
        } catch (SocketTimeoutException e) {
            tally.wrong("neither answered nor closed within %d ms: %s".formatted(TIMEOUT_MS, shown(request)));
        } catch (SocketException e) {
            tally.count("connections reset", 1);
        } catch (EOFException e) {
            if (!patient.ended()) {
                tally.wrong("%s as answer to %s".formatted(e, shown(request)));
            }
        } catch (IOException | NumberFormatException e) {
            tally.wrong("%s as answer to %s".formatted(e, shown(request)));
        }
        if (patient.ended()) {
            tally.count("waiting for more until the client ended", 1);
        }
        note(request, answers, answers.size() == 1 && !patient.ended());
    }

    private void note(Fuzzed request, List<Answer> answers, boolean answered) throws IOException {
        List<RecordLocation> locations = new ArrayList<>();
        int unplaced = 0;
        for (Answer answer : answers) {
            tally.count("status " + answer.status(), 1);
            if (answer.status() >= 500 && answer.status() != UNAVAILABLE) {
                tally.wrong("%d %s as answer to %s".formatted(answer.status(), answer.text(), shown(request)));
            }
            try {
                locations.addAll(RecordLocation.of(answer, request.topic()));
            } catch (IOException e) {
                tally.wrong("%s in the answer to %s".formatted(e, shown(request)));
            }
            unplaced += request.match() == Match.PIXEL && answer.status() / 100 == 2 ? 1 : 0;
        }
        if (answers.isEmpty()) {
            tally.count(request.expect() == Expect.CUT ? "cut by the client" : "closed without an answer", 1);
        }
        if (request.expect() == Expect.TAKEN && !answers.isEmpty()) {
            taken(request, answers.get(0), locations.size() + unplaced);
        }
        ledger.write(new Ledger.Entry(request.match(), request.sent(), answered, unplaced, locations));
    }

    private void taken(Fuzzed request, Answer answer, int stored) {
        tally.count("valid events answered", request.sent().size());
        if (answer.status() != OK || stored != request.sent().size()) {
            tally.wrong("%d %s for valid %s".formatted(answer.status(), answer.text(), shown(request)));
        }
    }

    private static String shown(Fuzzed request) {
        String text = new String(request.bytes(), StandardCharsets.ISO_8859_1);
        return text.length() > 1500 ? text.substring(0, 1500) + "… of " + text.length() : text;
    }

    private void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
