namespace Bips.Cli.Demonstration;

/// <summary>Shows the processes of the demo while they run.</summary>
internal interface IDemoDisplay
{
    /// <summary>Runs the work, which calls back with what there is to show.</summary>
    void Show(Action<Action<IReadOnlyList<DemoRow>>> work);
}
