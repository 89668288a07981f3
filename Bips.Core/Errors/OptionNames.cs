namespace Bips.Errors;

/// <summary>What messages of the inner rooms call the options of the public types, which only the root knows.</summary>
internal static class OptionNames
{
    public const string BufferSize = nameof(BufferSize);
    public const string MaximumConsumers = nameof(MaximumConsumers);
    public const string MaximumHeld = nameof(MaximumHeld);
    public const string WriteLeases = nameof(WriteLeases);
}
