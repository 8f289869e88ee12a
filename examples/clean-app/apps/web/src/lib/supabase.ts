// The anonymous key is meant for browsers: row-level rules hold for it.
export function connection(env: Record<string, string>): { url: string; key: string } {
  return { url: env.SUPABASE_URL, key: env.SUPABASE_ANON_KEY };
}
