using Mono.Unix.Native;

namespace Bips;

/// <summary>Turns names of users and groups into the numbers that <see cref="PoolOptions"/> takes.</summary>
public static class AccountNames
{
    /// <summary>Numeric id of the group called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">The system knows no such group.</exception>
    public static uint GroupId(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Syscall.getgrnam(name)?.gr_gid ?? throw new ArgumentException(
            $"There is no group '{name}' on this system; 'getent group' lists them.", nameof(name));
    }

    /// <summary>Numeric id of the user called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">The system knows no such user.</exception>
    public static uint UserId(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Syscall.getpwnam(name)?.pw_uid ?? throw new ArgumentException(
            $"There is no user '{name}' on this system; 'getent passwd' lists them.", nameof(name));
    }
}
