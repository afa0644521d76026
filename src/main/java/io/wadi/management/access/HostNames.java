package io.wadi.management.access;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The host names that requests may be addressed to. Any other may be a name whose owner lets it resolve to this machine, so that a
 * browser takes this port for part of the owner's site (DNS rebinding). No address needs to be named: an IP address in
 * {@code Host} cannot be made to resolve to another. Immutable.
 */
public final class HostNames {
    private final List<String> names;
    private final boolean allowsLocalNames;

    /**
     * Takes the names.
     *
     * @param names such as {@code wadi.example.com}, {@code *.example.com} for all below it, or {@code *} for any
     * @param allowsLocalNames whether names without a dot are allowed, such as those of containers: nobody can register one
     */
    public HostNames(Collection<String> names, boolean allowsLocalNames) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        this.allowsLocalNames = allowsLocalNames;
    }

    /**
     * Whether a request with this value of the header {@code Host} is answered.
     *
     * @param host a name or an address, with or without a port
     */
    boolean allow(String host) {
        String name =
                host.replaceFirst(":\\d{0,5}$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        boolean isAddress = (name.startsWith("[") && name.endsWith("]"))
                ? NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1))
                : NetUtil.isValidIpV4Address(name);
        return isAddress
                || (allowsLocalNames && name.matches("[a-z0-9_-]+"))
                || names.stream().anyMatch(each -> matches(each, name));
    }

    private static boolean matches(String allowed, String name) {
        return allowed.startsWith("*") ? name.endsWith(allowed.substring(1)) : allowed.equals(name);
    }
}
