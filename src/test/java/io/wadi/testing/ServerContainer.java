package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.LocalServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A server in a container of its own. Its ports are the same inside and outside, where they are bound to 127.0.0.1,
 * because servers advertise their addresses to clients. Its data is in the container and is kept when the server stops.
 * Testcontainers removes the container when this JVM exits.
 */
final class ServerContainer implements LocalServer {
    private static final int STOP_SECONDS = 20;

    private final String name;
    private final String address;
    private final GenericContainer<?> container;
    private final WaitStrategy ready;

    /**
     * Describes a container, which the start creates.
     *
     * @param name the server's name
     * @param address the address, as in {@link LocalServer#address}
     * @param image the Docker image
     * @param ready completes when the server responds
     * @param ports the ports that clients need
     */
    ServerContainer(String name, String address, String image, WaitStrategy ready, Integer... ports) {
        this.name = name;
        this.address = address;
        this.ready = ready.withStartupTimeout(ChildJvm.START_TIMEOUT);
        this.container = new GenericContainer<>(DockerImageName.parse(image));
        container.withExposedPorts(ports);
        container.setPortBindings(
                Arrays.stream(ports).map("127.0.0.1:%1$d:%1$d"::formatted).toList());
        container.waitingFor(this.ready);
    }

    /** Sets the shell script that the container runs. */
    ServerContainer running(String... script) {
        return executing("sh", "-c", String.join("\n", script));
    }

    /** Sets the program, with its arguments, that the container runs. */
    ServerContainer executing(String... command) {
        container.setCommand(command);
        return this;
    }

    /** Sets environment variables. */
    ServerContainer with(Map<String, String> environment) {
        container.withEnv(environment);
        return this;
    }

    /** Adds a file. */
    ServerContainer withFile(String path, String text) {
        container.withCopyToContainer(Transferable.of(text), path);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public synchronized void start() throws IOException {
        try {
            if (container.getContainerId() == null) {
                container.start();
            } else if (!running()) {
                container
                        .getDockerClient()
                        .startContainerCmd(container.getContainerId())
                        .exec();
                ready.waitUntilReady(container);
            }
        } catch (ContainerLaunchException e) {
            stop();
            throw new IOException(
                    "%s did not start in a container of %s: %s. What it printed is in the log of the tests"
                            .formatted(name, container.getDockerImageName(), e.getMessage()),
                    e);
        }
    }

    @Override
    public synchronized void stop() {
        if (running()) {
            container
                    .getDockerClient()
                    .stopContainerCmd(container.getContainerId())
                    .withTimeout(STOP_SECONDS)
                    .exec();
        }
    }

    @Override
    public synchronized boolean running() {
        return container.getContainerId() != null && container.isRunning();
    }
}
