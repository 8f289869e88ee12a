// The mistake this example is about: the service role key bypasses every row-level rule, and whatever a browser bundle names ends up in it.
export function connection(env: Record<string, string>): { url: string; key: string } {
  return { url: env.SUPABASE_URL, key: env.SUPABASE_SERVICE_ROLE_KEY };
}
