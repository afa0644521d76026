package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.hardware.NetworkIF;
import oshi.hardware.VirtualMemory;
import oshi.software.os.OperatingSystem;
import oshi.software.os.OperatingSystem.OSVersionInfo;
import oshi.util.FileUtil;

/**
 * This machine, measured by OSHI. Inside a container it is the whole host that is measured, as by Metricbeat.
 *
 * <p>Linux says a few things that OSHI does not pass on; they are read from /proc and /etc where these exist, and left
 * out elsewhere.
 */
final class OshiMachine implements Machine {
    private final SystemInfo system = new SystemInfo();
    private final CentralProcessor processor = system.getHardware().getProcessor();
    private final GlobalMemory memory = system.getHardware().getMemory();
    private final ObjectNode host = describe();

    @Override
    public int cores() {
        return processor.getLogicalProcessorCount();
    }

    @Override
    public long[] cpuTicks() {
        return processor.getSystemCpuLoadTicks();
    }

    @Override
    public MemoryUsage memory() {
        Map<String, String> meminfo = FileUtil.getKeyValueMapFromFile("/proc/meminfo", ":");
        VirtualMemory swap = memory.getVirtualMemory();
        return new MemoryUsage(
                memory.getTotal(),
                memory.getAvailable(),
                bytes(meminfo.get("MemFree")),
                bytes(meminfo.get("Cached")),
                swap.getSwapTotal(),
                swap.getSwapUsed());
    }

    /** A size as /proc/meminfo writes it, such as {@code 1009964 kB}. */
    private static OptionalLong bytes(String size) {
        return size == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(size.replace(" kB", "")) * 1024);
    }

    /** As it was when first asked: a later change of name or address shows after a restart. */
    @Override
    public ObjectNode host() {
        return host.deepCopy();
    }

    private ObjectNode describe() {
        ObjectNode description = JsonNodeFactory.instance.objectNode();
        String name = system.getOperatingSystem().getNetworkParams().getHostName();
        description.put("name", name).put("hostname", name).put("architecture", architecture());
        String id = FileUtil.getStringFromFile("/etc/machine-id");
        if (!id.isEmpty()) {
            description.put("id", id);
        }
        ArrayNode ip = description.putArray("ip");
        ArrayNode mac = description.putArray("mac");
        for (NetworkIF network : system.getHardware().getNetworkIFs()) {
            for (String address : network.getIPv4addr()) {
                ip.add(address);
            }
            for (String address : network.getIPv6addr()) {
                ip.add(address);
            }
            mac.add(network.getMacaddr().replace(':', '-').toUpperCase(Locale.ROOT));
        }
        description.set("os", os());
        return description;
    }

    /** Metricbeat's name for the architecture, which is the kernel's. */
    private static String architecture() {
        String name = System.getProperty("os.arch");
        return "amd64".equals(name) ? "x86_64" : name;
    }

    private ObjectNode os() {
        OperatingSystem os = system.getOperatingSystem();
        OSVersionInfo version = os.getVersionInfo();
        String codename = version.getCodeName();
        ObjectNode description = JsonNodeFactory.instance
                .objectNode()
                .put("type", osType())
                .put("name", os.getFamily())
                .put("version", version.getVersion() + (codename.isEmpty() ? "" : " (" + codename + ")"))
                .put("codename", codename)
                .put("kernel", System.getProperty("os.version"));
        Map<String, String> release = FileUtil.getKeyValueMapFromFile("/etc/os-release", "=");
        if (release.containsKey("ID")) {
            description.put("platform", unquoted(release.get("ID")));
            description.put("family", family(unquoted(release.getOrDefault("ID_LIKE", release.get("ID")))));
        }
        return description;
    }

    /** {@code linux}, {@code macos} or {@code windows}, as ECS names them. */
    private static String osType() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "macos" : name.split(" ", -1)[0];
    }

    private static String unquoted(String value) {
        return value.replace("\"", "");
    }

    /** Metricbeat's name for a family of Linux distributions. */
    private static String family(String like) {
        return like.contains("rhel") || like.contains("fedora") ? "redhat" : like.split(" ", -1)[0];
    }
}
