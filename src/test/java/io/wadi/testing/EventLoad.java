package io.wadi.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests with one numbered event each, at a steady rate by each client that keeps its connection, until the port is closed.
 * What has become of each number is known: it has a receipt, was refused, could not be sent, or has no answer.
 */
public final class EventLoad implements AutoCloseable {
    private static final int OFTEN = 100;
    private static final int TIMEOUT_MS = 120_000;

    private final int port;
    private final String topic;
    private final Pattern receiptPattern;
    private final AtomicInteger numbers;
    private final ScheduledExecutorService timer;
    private final List<Client> clients = new ArrayList<>();
    private final Map<Integer, Receipt> receipts = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger notSent = new AtomicInteger();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();
    private final Set<Integer> sentAgain = ConcurrentHashMap.newKeySet();
    private final boolean stubborn;

    /** Where the record of an event is, in the topic of this load. */
    public record Receipt(int partition, long offset) {}

    private EventLoad(int port, String topic, int clients, AtomicInteger numbers, boolean stubborn) {
        this.stubborn = stubborn;
        this.port = port;
        this.topic = topic;
        receiptPattern =
                Pattern.compile("\"topic\":\"" + Pattern.quote(topic) + "\",\"partition\":(\\d+),\"offset\":(\\d+)");
        this.numbers = numbers;
        timer = Executors.newScheduledThreadPool(clients);
    }

    /** Begins, with a hundred requests a second by each client; takes how many clients, and where the next number comes from. */
    public static EventLoad start(int port, String topic, int clients, AtomicInteger numbers) {
        return start(port, topic, clients, OFTEN, numbers);
    }

    /** The same with another number a second; each client has its own thread, and after a late answer catches up. */
    public static EventLoad start(int port, String topic, int clients, int aSecond, AtomicInteger numbers) {
        return start(new EventLoad(port, topic, clients, numbers, false), clients, aSecond);
    }

    /**
     * The same with clients that send an event again on another connection until it has a receipt: it may have been
     * taken each time.
     */
    public static EventLoad startStubborn(int port, String topic, int clients, int aSecond, AtomicInteger numbers) {
        return start(new EventLoad(port, topic, clients, numbers, true), clients, aSecond);
    }

    private static EventLoad start(EventLoad load, int clients, int aSecond) {
        long every = TimeUnit.SECONDS.toMicros(1) / aSecond;
        for (int i = 0; i < clients; i++) {
            Client client = load.new Client();
            load.clients.add(client);
            load.timer.scheduleAtFixedRate(client, i * every / clients, every, TimeUnit.MICROSECONDS);
        }
        return load;
    }

    /** The numbers that have a receipt. */
    public Set<Integer> receipted() {
        return receipts.keySet();
    }

    /** The receipts by their events' numbers. */
    public Map<Integer, Receipt> receipts() {
        return receipts;
    }

    /** The number of refused requests, to be retried. */
    public int refused() {
        return refused.get();
    }

    /** The number of events not sent because the connection was refused. */
    public int notSent() {
        return notSent.get();
    }

    /** Requests that were sent and have no answer, or one that is neither a receipt nor a refusal. */
    public Queue<String> unanswered() {
        return unanswered;
    }

    /** The numbers that were sent more than once. */
    public Set<Integer> sentAgain() {
        return sentAgain;
    }

    /** Whether no client finds the port open any more. */
    public boolean isOver() {
        return clients.stream().allMatch(client -> client.isOver);
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(2 * TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("requests are still being sent to port " + port);
        }
    }

    /** Used by one thread at a time. */
    private final class Client implements Runnable {
        private Socket socket;
        private InputStream answers;
        private volatile boolean isOver;

        /** The last number sent, until it has a receipt; then -1. */
        private int open = -1;

        @Override
        public void run() {
            if (!isOver && connect()) {
                boolean again = stubborn && open >= 0;
                int number = again ? open : numbers.getAndIncrement();
                open = number;
                if (again) {
                    sentAgain.add(number);
                }
                try {
                    take(number, request(number));
                } catch (IOException e) {
                    unanswered.add(number + ": " + e);
                    disconnect();
                }
            }
        }

        private boolean connect() {
            if (socket != null) {
                return true;
            }
            try {
                socket = new Socket("localhost", port);
                socket.setSoTimeout(TIMEOUT_MS);
                socket.setTcpNoDelay(true);
                answers = new BufferedInputStream(socket.getInputStream());
                return true;
            } catch (ConnectException e) {
                notSent.incrementAndGet();
                isOver = true;
            } catch (IOException e) {
                unanswered.add("not connected: " + e);
            }
            return false;
        }

        private void disconnect() {
            try {
                socket.close();
            } catch (IOException e) {
                unanswered.add("not closed: " + e);
            }
            socket = null;
        }

        private String request(int number) throws IOException {
            String body = "{\"number\":%d}".formatted(number);
            socket.getOutputStream()
                    .write(("POST /events/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: %d\r\n\r\n%s")
                            .formatted(topic, body.length(), body)
                            .getBytes(US_ASCII));
            return answer();
        }

        /** The status and headers in lower case, and the body. */
        private String answer() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") < head.length() - 4) {
                int read = answers.read();
                if (read < 0) {
                    throw new EOFException("closed after " + head.length() + " bytes of the answer");
                }
                head.append((char) read);
            }
            String lower = head.toString().toLowerCase(Locale.ROOT);
            int bodyBytes = Integer.parseInt(lower.replaceFirst("(?s).*content-length: (\\d+).*", "$1"));
            return lower + new String(answers.readNBytes(bodyBytes), US_ASCII);
        }

        private void take(int number, String answer) {
            Matcher receipt = receiptPattern.matcher(answer);
            if (answer.startsWith("http/1.1 200") && receipt.find()) {
                receipts.put(number, new Receipt(Integer.parseInt(receipt.group(1)), Long.parseLong(receipt.group(2))));
                open = -1;
            } else if (answer.startsWith("http/1.1 503") && answer.contains("retry-after: ")) {
                refused.incrementAndGet();
            } else {
                unanswered.add(number + ": " + answer);
            }
            if (answer.contains("connection: close")) {
                disconnect();
            }
        }
    }
}
