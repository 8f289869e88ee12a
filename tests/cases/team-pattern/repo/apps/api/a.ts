export const key = process.env.SUPABASE_SERVICE_ROLE_KEY;
