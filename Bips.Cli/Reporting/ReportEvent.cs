namespace Bips.Cli.Reporting;

/// <summary>What a line of JSON is about.</summary>
internal enum ReportEvent
{
    Progress,
    Frame,
    Result,
}
